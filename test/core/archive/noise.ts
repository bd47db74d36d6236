import { createHash } from 'node:crypto';

/** Bytes that no one can foresee but everyone can make again. */
export function noise(size: number, seed: string): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < size; at += 64) {
    parts.push(createHash('sha512').update(`${seed}${at}`).digest());
  }
  return Buffer.concat(parts).subarray(0, size);
}
