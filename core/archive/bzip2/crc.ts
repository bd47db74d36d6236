/** CRC-32 as bzip2 uses it: the polynomial of zlib's, with the highest bit first. */
const table = makeTable();

function makeTable(): Int32Array {
  const values = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte << 24;
    for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
    values[byte] = value;
  }
  return values;
}

/** A running checksum of one block. */
export class BlockCrc {
  #value = -1;

  update(bytes: Uint8Array): void {
    let value = this.#value;
    for (let at = 0; at < bytes.length; at++) {
      value = (value << 8) ^ (table[(value >>> 24) ^ (bytes[at] ?? 0)] ?? 0);
    }
    this.#value = value;
  }

  digest(): number {
    return ~this.#value >>> 0;
  }
}

/** The stream's checksum once another block of checksum `block` has ended. */
export function combine(stream: number, block: number): number {
  return (((stream << 1) | (stream >>> 31)) ^ block) >>> 0;
}
