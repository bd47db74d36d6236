import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of a file in test/fixtures/upstream (its README says where each is from). */
export function recorded(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, '../../fixtures/upstream', name));
}

export const digestHex = (algorithm: 'sha256' | 'sha512', bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');

/** Snappy's block format with literals alone: valid, and not smaller. */
export function snappyLiterals(bytes: Uint8Array): Buffer {
  const parts: Buffer[] = [];
  let size = bytes.length;
  for (; size >= 0x80; size = Math.floor(size / 128)) parts.push(Buffer.of((size % 128) | 0x80));
  parts.push(Buffer.of(size));
  for (let at = 0; at < bytes.length; at += 60_000) {
    const literal = bytes.subarray(at, at + 60_000);
    const length = Buffer.alloc(2);
    length.writeUInt16LE(literal.length - 1);
    parts.push(Buffer.of(61 << 2), length, Buffer.from(literal));
  }
  return Buffer.concat(parts);
}
