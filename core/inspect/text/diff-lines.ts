import { hunksOf } from '../sequence/hunks.ts';
import { Interner } from '../interner.ts';
import { matchSequences } from '../sequence/match-sequences.ts';
import type { Range } from '../sequence/myers.ts';
import type { Work } from '../work.ts';
import type { Lines } from './lines.ts';

export interface LineDiff {
  /** For each line of `a` the one of `b` that it is, or -1. */
  readonly matches: Int32Array;
  readonly hunks: readonly Range[];
  /** Numbers that stand for the lines' texts. */
  readonly idsA: Int32Array;
  readonly idsB: Int32Array;
}

/** Which lines of two texts are the same, line ends apart. @throws WorkSpent */
export function diffLines(a: Lines, b: Lines, swapped: boolean, work: Work): LineDiff {
  const interner = new Interner();
  const idsA = Int32Array.from(a.texts, (line) => interner.idOf(line));
  const idsB = Int32Array.from(b.texts, (line) => interner.idOf(line));
  const matches = matchSequences(idsA, idsB, swapped, work);
  return { matches, hunks: hunksOf(matches, b.texts.length), idsA, idsB };
}

/** Whether what each side has left has the same elements, in another order. */
export function isPermutation(idsA: readonly number[], idsB: readonly number[]): boolean {
  if (idsA.length !== idsB.length) return false;
  const order = (one: number, other: number) => one - other;
  const sortedB = [...idsB].sort(order);
  return [...idsA].sort(order).every((id, at) => id === sortedB[at]);
}

/** Runs that one side has at one place only and the other at another only. */
export function findMoves({ hunks, idsA, idsB }: LineDiff): (readonly [Range, Range])[] {
  const runs = new Map<string, { readonly removed: Range[]; readonly added: Range[] }>();
  for (const hunk of hunks) {
    const { aStart, aEnd, bStart, bEnd } = hunk;
    if (aEnd > aStart && bEnd > bStart) continue;
    const ids = aEnd > aStart ? idsA.subarray(aStart, aEnd) : idsB.subarray(bStart, bEnd);
    const run = runs.get(ids.join()) ?? { removed: [], added: [] };
    runs.set(ids.join(), run);
    (aEnd > aStart ? run.removed : run.added).push(hunk);
  }
  const moves: (readonly [Range, Range])[] = [];
  for (const { removed, added } of runs.values()) {
    const [from, to] = [removed[0], added[0]];
    if (removed.length === 1 && added.length === 1 && from !== undefined && to !== undefined)
      moves.push([from, to]);
  }
  return moves;
}
