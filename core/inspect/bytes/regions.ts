import type { PartList } from '../part-list.ts';
import type { Work } from '../work.ts';
import { differingRuns } from './chunks.ts';
import { hexdump, rangeName } from './hexdump.ts';

/** Bytes of a content from `start` on. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly start: number;
}

/** How a region of some bytes is shown. */
export type Show = (bytes: Uint8Array, start: number, end: number) => string;

const stepBytes = 4096;
/** Equal bytes between two differing ones that make two regions of them. */
const apartMin = 16;

/** The first index from `from` on at which two pieces of one length differ (or, with `same`, agree); their end if none. */
function nextDifference(a: Uint8Array, b: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const to = Math.min(at + stepBytes, end);
    if (Buffer.compare(a.subarray(at, to), b.subarray(at, to)) === 0) {
      at = to;
      continue;
    }
    while (a[at] === b[at]) at += 1;
    return at;
  }
  return end;
}

/** The end of the region that differs from `start` on: until `apartMin` bytes are the same. */
function regionEnd(a: Uint8Array, b: Uint8Array, start: number, end: number): number {
  let last = start;
  for (let at = start; at < end && at - last <= apartMin; at += 1) if (a[at] !== b[at]) last = at;
  return last + 1;
}

function samePrefix(a: Uint8Array, b: Uint8Array): number {
  return nextDifference(a, b, 0, Math.min(a.byteLength, b.byteLength));
}

function sameSuffix(a: Uint8Array, b: Uint8Array, max: number): number {
  let at = 0;
  while (at < max) {
    const step = Math.min(stepBytes, max - at);
    const endOf = (bytes: Uint8Array) => bytes.subarray(bytes.byteLength - at - step, bytes.byteLength - at);
    if (Buffer.compare(endOf(a), endOf(b)) === 0) at += step;
    else break;
  }
  while (at < max && a[a.byteLength - 1 - at] === b[b.byteLength - 1 - at]) at += 1;
  return at;
}

/**
 * The regions of bytes that differ, by their place; where one side is longer, found anew behind what was put in or taken
 * out. @throws WorkSpent
 */
export function addRegions(a: Piece, b: Piece, parts: PartList, work: Work, show: Show = hexdump): void {
  const [sizeA, sizeB] = [a.bytes.byteLength, b.bytes.byteLength];
  work.spend(Math.max(sizeA, sizeB));
  const { prefix, endA, endB } = between(a.bytes, b.bytes);
  if (sizeA === sizeB) {
    addInPlace(a, b, prefix, prefix, endA - prefix, parts, show);
    return;
  }
  const swapped = Buffer.compare(a.bytes, b.bytes) > 0;
  const [innerA, innerB] = [a.bytes.subarray(prefix, endA), b.bytes.subarray(prefix, endB)];
  for (const run of differingRuns(innerA, innerB, swapped, work)) {
    // The last part that has room is all of the rest.
    const [stopA, stopB] = parts.isFull ? [endA, endB] : [prefix + run.endA, prefix + run.endB];
    const [startA, startB] = [prefix + run.startA, prefix + run.startB];
    const [runA, runB] = [a.bytes.subarray(startA, stopA), b.bytes.subarray(startB, stopB)];
    work.spend(runA.byteLength);
    const inner = between(runA, runB);
    const at = [startA + inner.prefix, startB + inner.prefix] as const;
    if (runA.byteLength === runB.byteLength) addInPlace(a, b, ...at, inner.endA - inner.prefix, parts, show);
    else addRegion(a, b, [at[0], startA + inner.endA], [at[1], startB + inner.endB], parts, show);
    if (stopA === endA && stopB === endB) break;
  }
}

/** What stands between the common beginning and end of two runs of bytes. */
function between(a: Uint8Array, b: Uint8Array): { prefix: number; endA: number; endB: number } {
  const prefix = samePrefix(a, b);
  const suffix = sameSuffix(a, b, Math.min(a.byteLength, b.byteLength) - prefix);
  return { prefix, endA: a.byteLength - suffix, endB: b.byteLength - suffix };
}

/** Regions of two runs of one length, byte against byte. */
function addInPlace(
  a: Piece,
  b: Piece,
  startA: number,
  startB: number,
  length: number,
  parts: PartList,
  show: Show,
): void {
  const bytesA = a.bytes.subarray(startA, startA + length);
  const bytesB = b.bytes.subarray(startB, startB + length);
  for (let at = nextDifference(bytesA, bytesB, 0, length); at < length;) {
    const end = parts.isFull ? length : regionEnd(bytesA, bytesB, at, length);
    addRegion(a, b, [startA + at, startA + end], [startB + at, startB + end], parts, show);
    at = nextDifference(bytesA, bytesB, end, length);
  }
}

function addRegion(
  a: Piece,
  b: Piece,
  [startA, endA]: readonly [number, number],
  [startB, endB]: readonly [number, number],
  parts: PartList,
  show: Show,
): void {
  const [hasA, hasB] = [endA > startA, endB > startB];
  parts.add({
    kind: hasA && hasB ? 'changed' : hasA ? 'removed' : 'added',
    name: hasA ? rangeName(a.start + startA, a.start + endA) : rangeName(b.start + startB, b.start + endB),
    a: hasA ? show(a.bytes, startA, endA) : null,
    b: hasB ? show(b.bytes, startB, endB) : null,
    offset: hasA ? a.start + startA : b.start + startB,
  });
}
