import type { Range } from './myers.ts';

/** The places where two matched sequences disagree, in order: `matches` gives for each of `a` the place in `b`, or -1. */
export function hunksOf(matches: Int32Array, lengthB: number): Range[] {
  const hunks: Range[] = [];
  let [aStart, bStart] = [0, 0];
  for (let at = 0; at <= matches.length; at += 1) {
    const bEnd = at === matches.length ? lengthB : (matches[at] ?? -1);
    if (bEnd === -1) continue;
    if (at > aStart || bEnd > bStart) hunks.push({ aStart, aEnd: at, bStart, bEnd });
    [aStart, bStart] = [at + 1, bEnd + 1];
  }
  return hunks;
}
