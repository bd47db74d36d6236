import { readSync } from 'node:fs';
import type { ByteSource } from '#core/archive/byte-source.ts';

/** The bytes behind an open descriptor. `size` comes from who opened it; a file that shrinks meanwhile just ends. */
export function descriptorSource(descriptor: number, size: number): ByteSource {
  const readInto = (target: Uint8Array, offset: number): number => {
    const wanted = Math.max(0, Math.min(target.byteLength, size - offset));
    let filled = 0;
    while (filled < wanted) {
      const got = readSync(descriptor, target, filled, wanted - filled, offset + filled);
      if (got === 0) break;
      filled += got;
    }
    return filled;
  };
  return {
    size,
    readInto,
    read(offset, length) {
      const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, size - offset)));
      return buffer.subarray(0, readInto(buffer, offset));
    },
  };
}
