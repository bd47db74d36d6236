import type { RecipeChange } from '#schemas/recipe-change.ts';
import { splitHome } from '../home.ts';
import { tokenExplainer } from '../token-explainer.ts';
import type { TokenPair } from '../tokens.ts';
import { absolutePath } from '../values.ts';

type Paths = Pick<TokenPair, 'a' | 'b'>;

function partsOf(path: string): string[] {
  return path.split(/[/\\]+/).filter((part) => part !== '');
}

/** `index-60b725f1.js`: what stands before the ending follows what the file holds. */
function isHashed(parts: readonly string[]): boolean {
  return /[-.](?=\w{0,31}\d)\w{6,32}\.[A-Za-z]\w{0,5}$/.test(parts.at(-1) ?? '');
}

/** Folders of the system: a program that lies elsewhere in them was not built there. */
const system = /^(?:\/usr)?\/(?:local\/)?(?:bin|sbin|lib\w*|share|include|etc|libexec)(?:\/|$)/;

/** Folders that lead to one file: the same last parts below other folders. */
function sameBelow({ a, b }: Paths): boolean {
  if (system.test(a) && system.test(b)) return false;
  const [one, other] = [partsOf(a), partsOf(b)];
  if (one.length < 2 || other.length < 2) return false;
  // A home's own folder, and what programs keep in it, is another cause.
  // The same folder, and in it a file that is named by a hash.
  if (
    one.length === other.length &&
    one.slice(0, -1).join('/') === other.slice(0, -1).join('/') &&
    isHashed(one) &&
    isHashed(other)
  )
    return false;
  const [homeA, homeB] = [splitHome(a), splitHome(b)];
  if (homeA !== undefined && homeA.rest === homeB?.rest && /^(?:\/\.|$)/.test(homeA.rest)) return false;
  return one.at(-1) === other.at(-1) || (one[0] === other[0] && one.length === other.length);
}

/** The folder of `a`'s build: its path without the parts that both end with. */
function folderOf({ a, b }: Paths): RecipeChange | undefined {
  if (!a.startsWith('/')) return undefined;
  const [one, other] = [partsOf(a), partsOf(b)];
  while (one.length > 0 && one.at(-1) === other.at(-1)) {
    one.pop();
    other.pop();
  }
  return one.length === 0 ? undefined : { kind: 'build-path', path: `/${one.join('/')}` };
}

export const buildPath = tokenExplainer(
  {
    id: 'build-path',
    title: 'The folder of the build is written into a file',
    remedy:
      'Build with paths mapped or relative: -ffile-prefix-map=$PWD=. (gcc, clang), --remap-path-prefix (rustc), -trimpath (go); in scripts, os.path.relpath. Else always build in the same folder.',
    looksLike: 'debug.txt  offset 5\n  a: /home/ann/work/pkg/src/m.py\n  b: /build/pkg-1.0/src/m.py',
    why: 'Compilers, loggers and code generators write the absolute path of a source (`__FILE__`, DW_AT_comp_dir, co_filename, os.path.abspath), and each build has a folder of its own.',
    fixes: {
      'gcc, clang': '`-ffile-prefix-map=$PWD=.`',
      CMake: '`-DCMAKE_BUILD_RPATH_USE_ORIGIN=ON`, and the flag of the compiler',
      'Autotools, make': '`./configure CFLAGS="-ffile-prefix-map=$PWD=."`',
      cargo: '`RUSTFLAGS=--remap-path-prefix=$PWD=.`, or `trim-paths` in the profile',
      go: '`go build -trimpath`',
      Python: '`python -m compileall -s "$PWD" -p /`; `os.path.relpath`',
      webpack: '`output.devtoolModuleFilenameTemplate` without `[absolute-resource-path]`',
      'rollup, esbuild': '`sourceRoot` and source maps with relative paths',
      dpkg: '`DEB_BUILD_MAINT_OPTIONS=reproducible=+fixfilepath`',
      Docker: 'a fixed `WORKDIR`',
    },
    proposes: ['build-path'],
  },
  [{ pattern: absolutePath, confidence: 'likely', claims: sameBelow }],
  folderOf,
  { names: false },
);
