import type { ByteSource } from './byte-source.ts';

const windowBytes = 131_072;
const smallBytes = 32_768;

/**
 * `source` with the last window of it at hand: small reads that go forwards, such as one header after the other, are
 * views of one larger read.
 */
export function windowed(source: ByteSource): ByteSource {
  let window: Uint8Array = new Uint8Array(0);
  let start = 0;
  return {
    size: source.size,
    read(offset, length) {
      if (length > smallBytes || offset >= source.size) return source.read(offset, length);
      const end = Math.min(offset + length, source.size);
      if (offset < start || end > start + window.byteLength) {
        window = source.read(offset, windowBytes);
        start = offset;
      }
      return window.subarray(offset - start, end - start);
    },
  };
}
