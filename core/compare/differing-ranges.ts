import type { ByteSource } from '#core/archive/byte-source.ts';
import { blockBytes, type ContentFacts } from '#core/archive/entry.ts';
import type { DifferingRange } from '#core/inspect/bytes/inspect-windows.ts';

const rangesMax = 200;

/** Blocks of two contents that differ, by their checksums, from `from` on; neighbours as one range. */
export function differingBlocks(a: ContentFacts, b: ContentFacts, from: number): DifferingRange[] {
  const ranges: DifferingRange[] = [];
  const size = Math.max(a.size, b.size);
  const blocks = Math.max(a.blocks.length, b.blocks.length);
  for (let block = Math.ceil(from / blockBytes); block < blocks && ranges.length < rangesMax; block += 1) {
    if (a.blocks[block] === b.blocks[block]) continue;
    const start = block * blockBytes;
    while (block + 1 < blocks && a.blocks[block + 1] !== b.blocks[block + 1]) block += 1;
    ranges.push({ start, end: Math.min((block + 1) * blockBytes, size) });
  }
  return ranges;
}

const stepBytes = 256 * 1024;
/** Bytes of two files that are read once more to find further places. */
const readBytesMax = 512 * 1024 ** 2;
const placesMax = 8;

/** Where two files of one size differ from `from` on: in which steps, at most a few and not far. */
export function furtherPlaces(a: ByteSource, b: ByteSource, from: number): number[] {
  const places: number[] = [];
  if (a.size !== b.size) return places;
  const end = Math.min(a.size, from + readBytesMax);
  for (let at = from; at < end && places.length < placesMax; at += stepBytes) {
    const [pieceA, pieceB] = [a.read(at, stepBytes), b.read(at, stepBytes)];
    if (Buffer.compare(pieceA, pieceB) === 0) continue;
    let first = 0;
    while (pieceA[first] === pieceB[first]) first += 1;
    places.push(at + first);
  }
  return places;
}
