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
  },
  [
    {
      pattern: /(?<![\w.:/\\])(?:[A-Za-z]:\\|\/)(?:[\w.+@~-]+[/\\]+)+[\w.+@~-]*/g,
      confidence: 'likely',
      claims: sameBelow,
    },
  ],
);
