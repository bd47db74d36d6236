import { readSync } from 'node:fs';
import type { ByteSource } from '#core/archive/byte-source.ts';

/** The bytes behind an open descriptor. `size` comes from who opened it; a file that shrinks meanwhile just ends. */
export function descriptorSource(descriptor: number, size: number): ByteSource {
  return {
    size,
    read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const buffer = Buffer.allocUnsafeSlow(wanted);
      let filled = 0;
      while (filled < wanted) {
        const got = readSync(descriptor, buffer, filled, wanted - filled, offset + filled);
        if (got === 0) break;
        filled += got;
      }
      return buffer.subarray(0, filled);
    },
  };
}
