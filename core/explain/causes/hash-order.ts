import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import { differingLines } from '../tokens.ts';

const separators = /[\s,;|()[\]{}]+/;
const itemsMin = 3;

/** The same items in another order. */
function reordered(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const items = (text: string) => text.split(separators).filter((item) => item !== '');
  const [one, other] = [items(a), items(b)];
  return (
    one.length >= itemsMin && one.length === other.length && one.sort().join('\0') === other.sort().join('\0')
  );
}

export const hashOrder: Explainer = {
  meta: {
    id: 'hash-order',
    title: 'A set or map was written in the order of its hash table',
    remedy:
      'Sort what is written: sorted(…) in Python, sort keys in Perl, TreeMap in Java, BTreeMap in Rust. As a stopgap, PYTHONHASHSEED=0 or PERL_HASH_SEED=0.',
    looksLike: "METADATA.txt  offset 0\n  a: {'alpha', 'gamma', 'beta'}\n  b: {'gamma', 'beta', 'alpha'}",
    why: 'Sets and maps keep their items in the order of a hash that starts from a random seed in each process (Python, Perl, Go, Rust).',
    fixes: {
      Python: 'sorted(…) where a set is written; PYTHONHASHSEED=0 as a stopgap',
      Perl: 'sort keys %h; $Data::Dumper::Sortkeys = 1; PERL_HASH_SEED=0 as a stopgap',
      go: 'sort the keys of a map (encoding/json does)',
      cargo: 'BTreeMap or indexmap in build scripts and macros',
      Java: 'TreeMap or LinkedHashMap, also for Set.of and Map.of',
      'npm, webpack': 'sort what is collected from parallel work',
    },
    needs: ['content'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    for (const { delta, view } of contentViews(facts)) {
      if (view.text === undefined) continue;
      for (const { a, b, offset } of differingLines(view))
        if (reordered(a, b)) evidence.push({ delta, offset, a, b });
    }
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
