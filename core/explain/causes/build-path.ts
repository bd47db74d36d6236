import { tokenExplainer } from '../token-explainer.ts';
import type { TokenPair } from '../tokens.ts';

/** Folders that lead to one file: the same last parts below other folders. */
function sameBelow({ a, b }: TokenPair): boolean {
  const parts = (path: string) => path.split(/[/\\]+/).filter((part) => part !== '');
  const [one, other] = [parts(a), parts(b)];
  if (one.length < 2 || other.length < 2) return false;
  return one.at(-1) === other.at(-1) || (one[0] === other[0] && one.length === other.length);
}

export const buildPath = tokenExplainer(
  {
    id: 'build-path',
    title: 'The folder of the build is written into a file',
    remedy:
      'Build with paths mapped or relative: -ffile-prefix-map=$PWD=. (gcc, clang), --remap-path-prefix (rustc), -trimpath (go); in scripts, os.path.relpath. Else always build in the same folder.',
    looksLike: 'debug.txt  offset 5\n  a: /home/ann/work/pkg/src/m.py\n  b: /build/pkg-1.0/src/m.py',
    why: 'Compilers, loggers and code generators write the absolute path of a source (__FILE__, DW_AT_comp_dir, co_filename, os.path.abspath), and each build has a folder of its own.',
    fixes: {
      'gcc, clang': '-ffile-prefix-map=$PWD=.',
      CMake: '-DCMAKE_BUILD_RPATH_USE_ORIGIN=ON and the flag of the compiler',
      'Autotools, make': './configure CFLAGS="-ffile-prefix-map=$PWD=."',
      cargo: 'RUSTFLAGS=--remap-path-prefix=$PWD=. or `trim-paths` in the profile',
      go: 'go build -trimpath',
      Python: 'python -m compileall -s "$PWD" -p /',
      webpack: 'output.devtoolModuleFilenameTemplate without [absolute-resource-path]',
      dpkg: 'DEB_BUILD_MAINT_OPTIONS=reproducible=+fixfilepath',
      Docker: 'a fixed WORKDIR',
    },
  },
  [
    {
      pattern: /(?<![\w.:/\\])(?:[A-Za-z]:\\|\/)(?:[\w.+@~-]+[/\\]+)+[\w.+@~-]*/g,
      confidence: 'likely',
      claims: sameBelow,
    },
  ],
);
