import { createHash } from 'node:crypto';
import type { ByteSource } from '#core/archive/byte-source.ts';

/** Small enough to stay in the processor's cache between reading, comparing and digesting. */
const chunkBytes = 262_144;

export interface BothDigests {
  readonly sha256: readonly [string, string];
  /** Offset of the first byte that differs, or that only the longer side has; undefined where they are identical. */
  readonly firstDifference: number | undefined;
}

/** The first index at which the two differ, within the shorter one; its length where none does. */
export function firstDifferenceOf(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.byteLength, b.byteLength);
  const step = 4096;
  for (let at = 0; at < length; at += step) {
    const end = Math.min(at + step, length);
    if (Buffer.compare(a.subarray(at, end), b.subarray(at, end)) === 0) continue;
    for (let index = at; index < end; index += 1) if (a[index] !== b[index]) return index;
  }
  return length;
}

/** Reads pieces of a file, each into the same memory where it can. */
function pieces(source: ByteSource): (at: number) => Uint8Array {
  if (source.readInto === undefined) return (at) => source.read(at, chunkBytes);
  const buffer = Buffer.allocUnsafeSlow(chunkBytes);
  return (at) => buffer.subarray(0, source.readInto?.(buffer, at));
}

/** Reads both files once, side by side: one digest as long as they are the same, two from there on. */
export function digestBoth(a: ByteSource, b: ByteSource): BothDigests {
  const hashA = createHash('sha256');
  let hashB: ReturnType<typeof createHash> | undefined;
  let firstDifference: number | undefined;
  const size = Math.max(a.size, b.size);
  const [readA, readB] = [pieces(a), pieces(b)];
  for (let at = 0; at < size; at += chunkBytes) {
    const [pieceA, pieceB] = [readA(at), readB(at)];
    if (hashB === undefined && Buffer.compare(pieceA, pieceB) !== 0) {
      firstDifference = at + firstDifferenceOf(pieceA, pieceB);
      hashB = hashA.copy();
    }
    hashA.update(pieceA);
    hashB?.update(pieceB);
  }
  const digestA = hashA.digest('hex');
  return { sha256: [digestA, hashB?.digest('hex') ?? digestA], firstDifference };
}
