import { AppError } from '#core/errors/app-error.ts';

/**
 * Decodes Snappy's block format, in which GitHub keeps bundles. Bounded: never more than `sizeMax` bytes, whatever the
 * preamble says. https://github.com/google/snappy/blob/main/format_description.txt
 * @throws AppError `upstream` for anything that is not exactly one block
 */
export function decodeSnappy(input: Uint8Array, sizeMax: number): Uint8Array {
  const { value: size, next } = readSize(input);
  if (size > sizeMax) throw broken(`it says that it is larger than ${sizeMax} bytes`);
  const output = new Uint8Array(size);
  let at = next;
  let end = 0;
  while (at < input.length) {
    const tag = byteAt(input, at);
    at += 1;
    if ((tag & 3) === 0) {
      const extra = tag >> 2 < 60 ? 0 : (tag >> 2) - 59;
      const length = (extra === 0 ? tag >> 2 : readLittle(input, at, extra)) + 1;
      at += extra;
      if (at + length > input.length || end + length > size) throw broken('a literal runs over its end');
      output.set(input.subarray(at, at + length), end);
      at += length;
      end += length;
      continue;
    }
    const copy = readCopy(input, at, tag);
    at += copy.bytes;
    if (copy.offset === 0 || copy.offset > end || end + copy.length > size)
      throw broken('a copy from outside of what is there');
    // Byte by byte: a copy may overlap what it writes, and then repeats it.
    for (let n = 0; n < copy.length; n += 1, end += 1) output[end] = byteAt(output, end - copy.offset);
  }
  if (end !== size) throw broken('it ends too early');
  return output;
}

function readCopy(
  input: Uint8Array,
  at: number,
  tag: number,
): { offset: number; length: number; bytes: number } {
  if ((tag & 3) === 1)
    return { offset: ((tag >> 5) << 8) | byteAt(input, at), length: ((tag >> 2) & 7) + 4, bytes: 1 };
  const bytes = (tag & 3) === 2 ? 2 : 4;
  return { offset: readLittle(input, at, bytes), length: (tag >> 2) + 1, bytes };
}

/** The preamble: a little-endian base-128 number of at most 32 bits. */
function readSize(input: Uint8Array): { value: number; next: number } {
  let value = 0;
  for (let n = 0; n < 5; n += 1) {
    const byte = byteAt(input, n);
    value += (byte & 0x7f) * 2 ** (7 * n);
    if (byte < 0x80) return { value, next: n + 1 };
  }
  throw broken('its size has no end');
}

function readLittle(input: Uint8Array, at: number, bytes: number): number {
  let value = 0;
  for (let n = 0; n < bytes; n += 1) value += byteAt(input, at + n) * 2 ** (8 * n);
  return value;
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw broken('it ends too early');
  return byte;
}

function broken(why: string): AppError {
  return new AppError('upstream', `A compressed bundle cannot be read: ${why}.`);
}
