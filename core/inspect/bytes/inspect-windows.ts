import type { Inspected } from '../inspect.ts';
import { PartList } from '../part-list.ts';
import { Work } from '../work.ts';
import { hexdump, rangeName, textAround } from './hexdump.ts';
import { addRegions, type Piece } from './regions.ts';

/** The same range of two contents. */
export interface WindowPair {
  readonly a: Piece;
  readonly b: Piece;
}

/** A range of which no more is known than that it differs somewhere. */
export interface DifferingRange {
  readonly start: number;
  readonly end: number;
}

const unitsMax = 4 * 1024 ** 2;

/**
 * Where two contents differ that are too large to be looked at as a whole: the regions in the windows that were captured,
 * then the ranges that differ outside of them. Never complete.
 */
export function inspectWindows(
  windows: readonly WindowPair[],
  further: readonly DifferingRange[] = [],
): Inspected {
  const work = new Work(unitsMax);
  const parts = new PartList(work);
  for (const { a, b } of windows) {
    // What stands behind the end of a window is not known to differ: byte against byte, as far as both go.
    const length = Math.min(a.bytes.byteLength, b.bytes.byteLength);
    const shared = ({ bytes, start }: Piece) => ({ bytes: bytes.subarray(0, length), start });
    const isText = !a.bytes.includes(0) && !b.bytes.includes(0);
    addRegions(shared(a), shared(b), parts, work, isText ? textAround : hexdump);
  }
  for (const { start, end } of further)
    parts.add({ kind: 'changed', name: `somewhere in ${rangeName(start, end)}`, offset: start });
  return { format: 'bytes', parts: parts.finish().parts, complete: false };
}
