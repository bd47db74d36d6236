import type { PartList } from '../part-list.ts';
import type { Work } from '../work.ts';
import { hexdump, rangeName } from './hexdump.ts';

/** Bytes of a content from `start` on. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly start: number;
}

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
 * The regions of bytes that differ, by their place; where one is longer, what stands between their common beginning and
 * end. @throws WorkSpent
 */
export function addRegions(a: Piece, b: Piece, parts: PartList, work: Work): void {
  const [sizeA, sizeB] = [a.bytes.byteLength, b.bytes.byteLength];
  work.spend(Math.max(sizeA, sizeB));
  const prefix = samePrefix(a.bytes, b.bytes);
  const suffix = sameSuffix(a.bytes, b.bytes, Math.min(sizeA, sizeB) - prefix);
  const [endA, endB] = [sizeA - suffix, sizeB - suffix];
  if (sizeA !== sizeB) {
    addRegion(a, b, [prefix, endA], [prefix, endB], parts);
    return;
  }
  for (let at = prefix; at < endA; at = nextDifference(a.bytes, b.bytes, at, endA)) {
    const end = parts.isFull ? endA : regionEnd(a.bytes, b.bytes, at, endA);
    addRegion(a, b, [at, end], [at, end], parts);
    at = end;
  }
}

function addRegion(
  a: Piece,
  b: Piece,
  [startA, endA]: readonly [number, number],
  [startB, endB]: readonly [number, number],
  parts: PartList,
): void {
  const [hasA, hasB] = [endA > startA, endB > startB];
  parts.add({
    kind: hasA && hasB ? 'changed' : hasA ? 'removed' : 'added',
    name: hasA ? rangeName(a.start + startA, a.start + endA) : rangeName(b.start + startB, b.start + endB),
    a: hasA ? hexdump(a.bytes.subarray(startA, endA)) : null,
    b: hasB ? hexdump(b.bytes.subarray(startB, endB)) : null,
    offset: hasA ? a.start + startA : b.start + startB,
  });
}
