import { createHash } from 'node:crypto';
import type { ByteSource } from '#core/archive/byte-source.ts';

const chunkBytes = 1024 ** 2;

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

/** Reads both files once, side by side: one digest as long as they are the same, two from there on. */
export function digestBoth(a: ByteSource, b: ByteSource): BothDigests {
  const hashA = createHash('sha256');
  let hashB: ReturnType<typeof createHash> | undefined;
  let firstDifference: number | undefined;
  const size = Math.max(a.size, b.size);
  for (let at = 0; at < size; at += chunkBytes) {
    const pieceA = a.read(at, chunkBytes);
    const pieceB = b.read(at, chunkBytes);
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
