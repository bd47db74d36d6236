import { longestIncreasing } from './longest-increasing.ts';
import { searchEdits, type Range } from './myers.ts';
import type { Work } from '../work.ts';

/** Units that a match may cost for each element, and at the least. What is not matched by then counts as replaced. */
const unitsEach = 64;
const unitsMin = 1024 ** 2;

/**
 * Which elements of two sequences go together, in order: for each of `a` the place in `b`, or -1. Elements that are
 * unique on both sides come first (patience diff), between them a shortest edit script (Myers). Bounded: what would take
 * too long stays unmatched. `swapped` says that the two were exchanged, so that the same two always match the same way.
 * @throws WorkSpent
 */
export function matchSequences(a: Int32Array, b: Int32Array, swapped: boolean, work: Work): Int32Array {
  const matches = swapped ? matchInOrder(b, a, work) : matchInOrder(a, b, work);
  if (!swapped) return matches;
  const inverse = new Int32Array(a.length).fill(-1);
  matches.forEach((to, from) => {
    if (to !== -1) inverse[to] = from;
  });
  return inverse;
}

function matchInOrder(a: Int32Array, b: Int32Array, work: Work): Int32Array {
  const matches = new Int32Array(a.length).fill(-1);
  const counts = new Counts(a, b);
  let left = Math.min(work.left, unitsMin + unitsEach * (a.length + b.length));
  const spend = (units: number) => {
    left -= units;
    work.spend(units);
  };
  const ranges: Range[] = [{ aStart: 0, aEnd: a.length, bStart: 0, bEnd: b.length }];
  for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
    const inner = trim(a, b, range, matches);
    const [n, m] = [inner.aEnd - inner.aStart, inner.bEnd - inner.bStart];
    spend(Math.min(work.left, range.aEnd - range.aStart - n + 1));
    if (n === 0 || m === 0 || left < 4 * (n + m)) continue;
    spend(4 * (n + m));
    const anchors = counts.uniquePairs(inner);
    if (anchors.length === 0) {
      matchBySearch(a, b, inner, matches, () => left, spend);
      continue;
    }
    let { aStart, bStart } = inner;
    for (const place of longestIncreasing(anchors.map(([, inB]) => inB))) {
      const [aAt, bAt] = anchors[place] ?? [aStart, bStart];
      matches[aAt] = bAt;
      ranges.push({ aStart, aEnd: aAt, bStart, bEnd: bAt });
      [aStart, bStart] = [aAt + 1, bAt + 1];
    }
    ranges.push({ ...inner, aStart, bStart });
  }
  return matches;
}

/** Matches what begins and ends alike; answers the rest. */
function trim(a: Int32Array, b: Int32Array, range: Range, matches: Int32Array): Range {
  let { aStart, aEnd, bStart, bEnd } = range;
  while (aStart < aEnd && bStart < bEnd && a[aStart] === b[bStart]) {
    matches[aStart] = bStart;
    aStart += 1;
    bStart += 1;
  }
  while (aStart < aEnd && bStart < bEnd && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd -= 1;
    bEnd -= 1;
    matches[aEnd] = bEnd;
  }
  return { aStart, aEnd, bStart, bEnd };
}

function matchBySearch(
  a: Int32Array,
  b: Int32Array,
  range: Range,
  matches: Int32Array,
  left: () => number,
  spend: (units: number) => void,
): void {
  let { aStart, bStart } = range;
  // One step may go beyond what is left by the length of the range.
  while (aStart < range.aEnd && bStart < range.bEnd) {
    const unitsMax = left() - (range.aEnd - aStart) - 1;
    if (unitsMax < 0) return;
    const found = searchEdits(a, b, { ...range, aStart, bStart }, unitsMax);
    spend(found.units);
    for (const [x, y] of found.matches) matches[aStart + x] = bStart + y;
    if (found.aReached + found.bReached === 0) return;
    aStart += found.aReached;
    bStart += found.bReached;
  }
}

/** Counts elements within ranges, without a new table for each. */
class Counts {
  readonly #a: Int32Array;
  readonly #b: Int32Array;
  readonly #inA: Int32Array;
  readonly #inB: Int32Array;
  readonly #placeB: Int32Array;

  constructor(a: Int32Array, b: Int32Array) {
    let largest = 0;
    for (const side of [a, b]) for (const element of side) largest = Math.max(largest, element);
    this.#a = a;
    this.#b = b;
    this.#inA = new Int32Array(largest + 1);
    this.#inB = new Int32Array(largest + 1);
    this.#placeB = new Int32Array(largest + 1);
  }

  /** Elements that each side has exactly once in the range, by their place in `a`. */
  uniquePairs({ aStart, aEnd, bStart, bEnd }: Range): [number, number][] {
    const add = (table: Int32Array, element: number, count: number) => {
      table[element] = (table[element] ?? 0) + count;
    };
    for (let at = aStart; at < aEnd; at += 1) add(this.#inA, this.#a[at] ?? 0, 1);
    for (let at = bStart; at < bEnd; at += 1) {
      add(this.#inB, this.#b[at] ?? 0, 1);
      this.#placeB[this.#b[at] ?? 0] = at;
    }
    const pairs: [number, number][] = [];
    for (let at = aStart; at < aEnd; at += 1) {
      const element = this.#a[at] ?? 0;
      if (this.#inA[element] === 1 && this.#inB[element] === 1)
        pairs.push([at, this.#placeB[element] ?? bStart]);
    }
    for (let at = aStart; at < aEnd; at += 1) this.#inA[this.#a[at] ?? 0] = 0;
    for (let at = bStart; at < bEnd; at += 1) this.#inB[this.#b[at] ?? 0] = 0;
    return pairs;
  }
}
