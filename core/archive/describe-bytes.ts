import { createHash } from 'node:crypto';
import type { ByteSource } from './byte-source.ts';
import { Cursor } from './cursor.ts';

/** Describes bytes that no record owns: short ones as hex, others by size and digest. */
export function describeBytes(bytes: Uint8Array): string {
  if (bytes.byteLength <= 32) return `0x${Buffer.from(bytes).toString('hex')}`;
  return `${bytes.byteLength} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Size and digest of bytes that pass by, in the words of `describeRange`. */
export class PassingBytes {
  #size = 0;
  readonly #hash = createHash('sha256');

  add(bytes: Uint8Array): void {
    this.#size += bytes.byteLength;
    this.#hash.update(bytes);
  }

  describe(): string {
    return `${this.#size} bytes, sha256 ${this.#hash.digest('hex')}`;
  }
}

/** Size and digest of what is left of `cursor`. */
export async function describeRest(
  cursor: Cursor,
): Promise<{ size: number; allZero: boolean; text: string }> {
  const hash = createHash('sha256');
  let size = 0;
  let allZero = true;
  for (;;) {
    const bytes = await cursor.takeSome(Number.POSITIVE_INFINITY);
    if (bytes === undefined) break;
    size += bytes.byteLength;
    hash.update(bytes);
    allZero &&= isZero(bytes);
  }
  return { size, allZero, text: `${size} bytes, sha256 ${hash.digest('hex')}` };
}

/** Size and digest of a range of `source`. */
export async function describeRange(source: ByteSource, start: number, end: number): Promise<string> {
  return (await describeRest(Cursor.over(source, start, end))).text;
}

const zeros = Buffer.alloc(65_536);

/** Whether all of `bytes` are zero. */
export function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.byteLength; at += zeros.byteLength) {
    const piece = bytes.subarray(at, at + zeros.byteLength);
    if (!zeros.subarray(0, piece.byteLength).equals(piece)) return false;
  }
  return true;
}
