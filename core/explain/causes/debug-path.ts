import type { Part } from '#schemas/comparison.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';

/** Parts that hold what a debugger is told: DWARF, what leads to a .pdb, files of code objects of Python. */
const ofDebugger =
  /^(?:section \.z?debug_|section \.gnu_debug|section __DWARF,|debug CodeView path$|co_filename$)/;

const absolute = /(?:[A-Za-z]:\\|\/)[^\s"';:|*?<>]{1,1000}/g;
/** These hold one path each, which can be relative. */
const onePath = /^(?:co_filename|debug CodeView path)$/;
const valueMax = 20_000;
const pathsMax = 200;
const pairsMax = 5;

interface Paths {
  readonly a: string;
  readonly b: string;
}

/** `lib.rs`, not `x-1.0`. */
const fileName = /\.[a-z]\w{0,5}$/i;

/** The folders by which two paths to one file differ: both without the last names that they share. */
function foldersApart(a: string, b: string): Paths | undefined {
  const [one, other] = [a.split(/[/\\]/), b.split(/[/\\]/)];
  const depth = one.length;
  while (one.length > 1 && other.length > 1 && one.at(-1) === other.at(-1)) {
    one.pop();
    other.pop();
  }
  // Two files of one folder are no two folders.
  const files = [one, other].every((names) => fileName.test(names.at(-1) ?? ''));
  const nothingShared = one.length === depth && (one.length < 2 || other.length < 2);
  return files || nothingShared ? undefined : { a: one.join('/'), b: other.join('/') };
}

/** The deepest first, then by their last names: tables of texts have no order of their own. */
function inOrder(paths: readonly string[]): string[] {
  const keyed = paths.map((path) => {
    const names = path.split(/[/\\]/);
    return { path, depth: names.length, key: names.reverse().join('/') };
  });
  keyed.sort((one, other) => other.depth - one.depth || (one.key < other.key ? -1 : 1));
  return keyed.map(({ path }) => path);
}

/** Paths that only one side has, each with the other side's at its place. */
function pathsOf({ name, a, b }: Part): { shown: Paths; folders: Paths }[] {
  if (typeof a !== 'string' || typeof b !== 'string') return [];
  const find = (text: string) =>
    onePath.test(name) ? [text] : [...new Set(text.slice(0, valueMax).match(absolute) ?? [])];
  const [ofA, ofB] = [find(a), find(b)];
  const onlyA = inOrder(ofA.filter((path) => !ofB.includes(path)));
  const onlyB = inOrder(ofB.filter((path) => !ofA.includes(path)));
  if (onlyA.length !== onlyB.length || onlyA.length > pathsMax) return [];
  return onlyA.flatMap((one, at) => {
    const other = onlyB[at] ?? '';
    const folders = foldersApart(one, other);
    return folders === undefined ? [] : [{ shown: { a: one, b: other }, folders }];
  });
}

export const debugPath: Explainer = {
  meta: {
    id: 'debug-path',
    title: 'Debug information names the folder of the build',
    remedy:
      'Map the folder away (-ffile-prefix-map, --remap-path-prefix, -trimpath, /PATHMAP, compileall -s), or always build in the same folder. Strip does not do: the build id was taken before it.',
    looksLike:
      'usr/lib/libx.so  section .debug_line_str\n  a: /home/ann/x/src/x.c\n  b: /build/x-1.0/src/x.c',
    why: 'For a debugger, compilers record where the sources were: DW_AT_comp_dir and DW_AT_name in DWARF, the path of the .pdb in PE, co_filename in bytecode of Python.',
    fixes: {
      'gcc, clang': '`-ffile-prefix-map=$PWD=.` (with `-gno-record-gcc-switches`)',
      rustc: '`--remap-path-prefix $PWD=/src`, or `trim-paths = true` in the profile',
      go: '`go build -trimpath`',
      MSVC: '`/d1trimfile:%CD%` and `/PDBALTPATH:%_PDB%`; for C#, `<PathMap>` and `<DeterministicSourcePaths>`',
      Python: '`python -m compileall -s "$PWD" -p /usr/lib/x`',
      dpkg: '`DEB_BUILD_MAINT_OPTIONS = reproducible=+fixfilepath` and `reproducible=+fixdebugpath`',
    },
    needs: ['content'],
    proposes: ['build-path'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    let folder: string | undefined;
    for (const { delta, view } of contentViews(facts)) {
      const parts = view.inside?.parts.filter(({ name }) => ofDebugger.test(name)) ?? [];
      for (const part of parts) {
        for (const { shown, folders } of pathsOf(part).slice(0, pairsMax)) {
          evidence.push({ delta, offset: part.offset, ...shown });
          if (folder === undefined || folders.a.length < folder.length) folder = folders.a;
        }
      }
    }
    if (evidence.length === 0) return undefined;
    return {
      confidence: 'likely',
      evidence,
      ...(folder?.startsWith('/') === true ? { change: { kind: 'build-path', path: folder } as const } : {}),
    };
  },
};
