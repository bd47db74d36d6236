import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

const chunkBytes = 2 * 1024 ** 2;

/**
 * The sha256 of two files of `size` bytes if they are the same, undefined as soon as a byte differs. Nothing is parsed.
 * The next pieces are read while these are compared and digested.
 */
export async function digestIfSame(
  a: FileHandle,
  b: FileHandle,
  size: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const hash = createHash('sha256');
  const length = Math.min(chunkBytes, Math.max(size, 1));
  const buffers = [0, 1].map(() => [Buffer.allocUnsafeSlow(length), Buffer.allocUnsafeSlow(length)] as const);
  const read = (at: number) => {
    const [bufferA, bufferB] = buffers[(at / length) % 2] ?? [Buffer.alloc(length), Buffer.alloc(length)];
    const wanted = Math.min(length, size - at);
    return Promise.all([a.read(bufferA, 0, wanted, at), b.read(bufferB, 0, wanted, at)]);
  };
  let next = read(0);
  for (let at = 0; at < size; at += length) {
    signal.throwIfAborted();
    const [pieceA, pieceB] = (await next).map(({ buffer, bytesRead }) => buffer.subarray(0, bytesRead));
    if (at + length < size) next = read(at + length);
    // A piece that is short was cut off under our hands: what is left is for the reader to tell.
    const whole =
      pieceA !== undefined && pieceB !== undefined && pieceA.byteLength === Math.min(length, size - at);
    if (!whole || !pieceA.equals(pieceB)) {
      await next;
      return undefined;
    }
    hash.update(pieceA);
  }
  return hash.digest('hex');
}
