import type { ContentView } from '#core/compare/content-view.ts';
import type { RecipeChange } from '#schemas/recipe-change.ts';
import { collectEvidence, type Found } from '../collect-evidence.ts';
import type { Claim, Explainer } from '../explainer.ts';
import { reorderedLines, sameItems } from '../reordered-lines.ts';
import { isSorted } from '../sorting.ts';
import { differingLines } from '../tokens.ts';

/** Formats in which the order of what is in them says nothing. */
const recordFormats = new Set(['json', 'xml', 'properties', 'ini', 'manifest']);

const separators = /[\s,;|()[\]{}]+/;
const itemsMin = 3;

/** The same items in another order within a line. Sorted ones are in no order of a hash, but can be by chance. */
function inLine(a: string, b: string): Claim['confidence'] | undefined {
  if (a.length !== b.length || a.length > 4000) return undefined;
  const items = (text: string) => text.split(separators).filter((item) => item !== '');
  const [one, other] = [items(a), items(b)];
  if (one.length < itemsMin || !sameItems(one, other)) return undefined;
  // Only what stands between them differs.
  if (one.every((item, index) => item === other[index])) return undefined;
  return isSorted(one) || isSorted(other) ? 'possible' : 'likely';
}

/** `key => value`, `"key": value`, `key: value`, `key=value`; the brackets around a list. */
const pairLine = /^\s{0,80}["']?[\w.$@-]{1,80}["']?\s{0,40}(?:=>|:|=)\s{0,3}\S/;
const bracketLine = /^[\s)}\]({[]{0,80}$|^[\w$ ]{1,40}=?>? ?[({[]$/;
/** A word by itself, quoted or not, with what dumps of lists put around it. */
const wordLine = /^\s{0,80}(?:- )?["']?[A-Za-z_][\w$]{0,60}["']?$/;

/** The same lines in another order, each a pair of a map or a word. */
function inLines(view: ContentView): Found | undefined {
  const order = reorderedLines(view);
  if (order === undefined || order.a.length < itemsMin || isSorted(order.a) || isSorted(order.b))
    return undefined;
  const items = order.a.filter((line) => !bracketLine.test(line));
  const pairs = items.every((line) => pairLine.test(line));
  if (!pairs && !items.every((line) => wordLine.test(line))) return undefined;
  return { ...order.first, confidence: 'possible' };
}

/** Names of parts: the members of a set that Python compiled into a constant. */
const pythonSet = /\bco_consts\[\d+\]$/;

/** Keys of an object, attributes of an element, fields of a header in another order; and sets in Python bytecode. */
function inRecords({ inside }: ContentView): Found[] {
  if (inside === undefined) return [];
  return inside.parts
    .filter(
      ({ kind, name }) => kind === 'reordered' && (recordFormats.has(inside.format) || pythonSet.test(name)),
    )
    .map(({ a, b, offset }) => {
      // Keys that one side sorts, or two of them, stand in another order for many reasons.
      const orders = [a, b].map((keys) => (keys ?? '').split(', '));
      const telling = orders.every((keys) => keys.length >= itemsMin && !isSorted(keys));
      const set = inside.format === 'python-bytecode';
      return {
        a,
        b,
        offset,
        confidence: set || (telling && inside.format === 'json') ? 'likely' : 'possible',
      };
    });
}

function foundIn(view: ContentView): Found[] {
  // A build backend writes the fields of METADATA one by one, in the order of its code.
  if (view.inside?.format === 'metadata') return [];
  const records = inRecords(view);
  if (records.length > 0 || view.text === undefined) return records;
  const lines = inLines(view);
  if (lines !== undefined) return [lines];
  return differingLines(view).flatMap(({ a, b, offset }) => {
    const confidence = inLine(a, b);
    return confidence === undefined ? [] : [{ a, b, offset, confidence }];
  });
}

const python =
  /(?:^|\/)(?:[^/]+\.(?:py|pyi|pyc|whl)|METADATA|PKG-INFO|WHEEL|entry_points\.txt|SOURCES\.txt)$/;
const perl = /(?:^|\/)[^/]+\.(?:pl|pm|pod)$/;

/** A fixed seed, where the name tells the language. */
function seedFor(path: readonly string[]): RecipeChange | undefined {
  const name = path.at(-1) ?? '';
  if (python.test(name)) return { kind: 'variable', name: 'PYTHONHASHSEED', value: '0' };
  return perl.test(name) ? { kind: 'variable', name: 'PERL_HASH_SEED', value: '0' } : undefined;
}

export const hashOrder: Explainer = {
  meta: {
    id: 'hash-order',
    title: 'A set or map was written in the order of its hash table',
    remedy:
      'Sort what is written: sorted(…) in Python, sort keys in Perl, TreeMap in Java, BTreeMap in Rust. As a stopgap, PYTHONHASHSEED=0 or PERL_HASH_SEED=0.',
    looksLike:
      "METADATA.txt  offset 0\n  a: {'alpha', 'gamma', 'beta'}\n  b: {'gamma', 'beta', 'alpha'}\nconfig.json  $.scripts\n  a: build, test, lint\n  b: lint, build, test\n__pycache__/m.cpython-39.pyc  code <module> co_consts[2]\n  a: frozenset({'alpha', 'beta'})\n  b: frozenset({'beta', 'alpha'})",
    why: 'Sets and maps keep their items in the order of a hash that starts from a random seed in each process (Python, Perl, Go, Rust); `x in {…}` makes Python before 3.11 write such a set into its bytecode.',
    fixes: {
      Python:
        '`sorted(…)` where a set is written; `json.dumps(…, sort_keys=True)`; `PYTHONHASHSEED=0` as a stopgap',
      Perl: '`sort keys %h`; `$Data::Dumper::Sortkeys = 1`; `JSON->canonical`; `PERL_HASH_SEED=0` as a stopgap',
      go: 'the keys of a map sorted with `slices.Sorted(maps.Keys(m))`; encoding/json sorts',
      cargo: '`BTreeMap` or indexmap in build scripts and macros',
      Java: '`TreeMap` or `LinkedHashMap`, also for `Set.of` and `Map.of`',
      'npm, webpack': 'what parallel work collects, sorted; `optimization.moduleIds: "deterministic"`',
      Ruby: 'hashes keep the order of insertion: sort what was globbed',
    },
    needs: ['content', 'names'],
    proposes: ['variable'],
  },
  explain(facts) {
    const { evidence, likely } = collectEvidence(facts, foundIn);
    const [first] = evidence;
    if (first === undefined) return undefined;
    const change = seedFor(first.delta.path);
    return {
      confidence: likely ? 'likely' : 'possible',
      evidence,
      ...(change === undefined ? {} : { change }),
    };
  },
};
