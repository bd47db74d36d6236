import type { Work } from '../work.ts';

/** Share of two lines that must be the same at their ends for one to be the other, changed. */
const similarityMin = 0.5;
const cellsMax = 400;
const charactersMax = 2000;

/** Share of the longer line that both have in common at its beginning and end. */
function similarity(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length, charactersMax);
  const longer = Math.max(a.length, b.length);
  if (longer === 0) return 1;
  let prefix = 0;
  while (prefix < shorter && a[prefix] === b[prefix]) prefix += 1;
  let suffix = 0;
  while (suffix < shorter - prefix && a[a.length - 1 - suffix] === b[b.length - 1 - suffix]) suffix += 1;
  return (prefix + suffix) / longer;
}

/**
 * Which lines of two runs are each other, changed: in order, the most alike together. Undefined where the runs are too
 * long for that. @throws WorkSpent
 */
export function pairLines(
  a: readonly string[],
  b: readonly string[],
  work: Work,
): (readonly [number, number])[] | undefined {
  if (a.length * b.length > cellsMax) return undefined;
  const width = b.length + 1;
  const best = new Float64Array((a.length + 1) * width);
  const at = (x: number, y: number) => best[x * width + y] ?? 0;
  const alike = (x: number, y: number) => similarity(a[x] ?? '', b[y] ?? '');
  for (let x = a.length - 1; x >= 0; x -= 1) {
    for (let y = b.length - 1; y >= 0; y -= 1) {
      work.spend(1 + Math.min(a[x]?.length ?? 0, b[y]?.length ?? 0, charactersMax));
      const share = alike(x, y);
      const paired = share < similarityMin ? 0 : share + at(x + 1, y + 1);
      best[x * width + y] = Math.max(paired, at(x + 1, y), at(x, y + 1));
    }
  }
  const pairs: [number, number][] = [];
  let [x, y] = [0, 0];
  while (x < a.length && y < b.length) {
    if (at(x, y) === at(x + 1, y)) x += 1;
    else if (at(x, y) === at(x, y + 1)) y += 1;
    else {
      pairs.push([x, y]);
      [x, y] = [x + 1, y + 1];
    }
  }
  return pairs;
}
