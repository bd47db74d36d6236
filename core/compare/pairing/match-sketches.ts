import type { Entry } from '#core/archive/entry.ts';
import { compareText, inEitherOrder } from './name-order.ts';
import type { Renames } from './renames.ts';
import { similarity, type Sketch } from './sketch.ts';

/** Less than this is another thing: what git takes for a rename, too. */
export const similarMin = 50;
/** A feature that more members of one side have (a licence, a header) says nothing of which is which. */
const holdersMax = 8;
/** Candidates for a pair that are looked at. */
const candidatesMax = 200_000;
export const sketchedMax = 4096;

export interface Sketched {
  readonly entry: Entry;
  readonly sketch: Sketch;
}

/** Each feature with the index of the member that has it, in one number; ascending. */
function holders(members: readonly Sketched[]): Float64Array {
  const count = members.reduce((sum, { sketch }) => sum + sketch.length, 0);
  const all = new Float64Array(count);
  let at = 0;
  for (const [index, { sketch }] of members.entries()) {
    for (const feature of sketch) {
      all[at] = feature * sketchedMax + index;
      at += 1;
    }
  }
  return all.sort();
}

function endOfRun(all: Float64Array, from: number): number {
  const feature = Math.floor((all[from] ?? 0) / sketchedMax);
  let end = from + 1;
  while (end < all.length && Math.floor((all[end] ?? 0) / sketchedMax) === feature) end += 1;
  return end;
}

/** Members that share a feature that few have, in the order of the features: the same from either side. */
function candidates(a: readonly Sketched[], b: readonly Sketched[]): { pairs: Set<number>; cut: boolean } {
  const [allA, allB] = [holders(a), holders(b)];
  const pairs = new Set<number>();
  let [at, other] = [0, 0];
  while (at < allA.length && other < allB.length) {
    const one = Math.floor((allA[at] ?? 0) / sketchedMax);
    const two = Math.floor((allB[other] ?? 0) / sketchedMax);
    const [endA, endB] = [endOfRun(allA, at), endOfRun(allB, other)];
    if (one === two && endA - at <= holdersMax && endB - other <= holdersMax) {
      if (pairs.size > candidatesMax) return { pairs, cut: true };
      for (const holder of allA.subarray(at, endA)) {
        for (const twin of allB.subarray(other, endB)) {
          pairs.add((holder % sketchedMax) * sketchedMax + (twin % sketchedMax));
        }
      }
    }
    if (one <= two) at = endA;
    if (two <= one) other = endB;
  }
  return { pairs, cut: false };
}

/** How much two names have in common at their ends, which is where the file's own name stands. */
function commonEnd(a: string, b: string): number {
  const max = Math.min(a.length, b.length, 200);
  let length = 0;
  while (length < max && a[a.length - 1 - length] === b[b.length - 1 - length]) length += 1;
  return length;
}

interface Candidate {
  readonly a: Entry;
  readonly b: Entry;
  readonly percent: number;
  readonly nameEnd: number;
  readonly names: string;
}

/** The most similar first; what is as similar, by name: never by side or place. */
function byLikeness(one: Candidate, other: Candidate): number {
  return other.percent - one.percent || other.nameEnd - one.nameEnd || compareText(one.names, other.names);
}

/**
 * Pairs members whose contents have most in common, the most similar first. At most `sketchedMax` a side.
 * @returns whether more candidates were there than are looked at
 */
export function matchSketches(a: readonly Sketched[], b: readonly Sketched[], renames: Renames): boolean {
  const { pairs, cut } = candidates(a, b);
  const found: Candidate[] = [];
  for (const pair of pairs) {
    const [one, other] = [a[Math.floor(pair / sketchedMax)], b[pair % sketchedMax]];
    if (one === undefined || other === undefined) continue;
    const percent = similarity(one.sketch, other.sketch);
    if (percent < similarMin) continue;
    found.push({
      a: one.entry,
      b: other.entry,
      percent,
      nameEnd: commonEnd(one.entry.key, other.entry.key),
      names: inEitherOrder(one.entry.key, other.entry.key),
    });
  }
  for (const { a: one, b: other, percent } of found.sort(byLikeness)) {
    const detail = `about ${percent} % of the content is the same`;
    renames.add({ a: one, b: other, by: 'similarity', detail });
  }
  return cut;
}
