/**
 * CRC-64 of ECMA-182 as xz uses it, reflected; in two halves of 32 bits, since a BigInt for each byte is slow. Table k
 * (256 numbers each) has what a byte does that k more bytes follow, so that eight bytes are taken in one step.
 */
const steps = 8;
const [tableHigh, tableLow] = makeTables();
/** Bytes that one call goes through: many short calls are compiled sooner and better than a long one. */
const someBytes = 4096;

function makeTables(): [Int32Array, Int32Array] {
  const high = new Int32Array(256 * steps);
  const low = new Int32Array(256 * steps);
  for (let at = 0; at < high.length; at++) {
    let [upper, lower] = [0, at];
    let bits = 8;
    if (at >= 256) {
      // One byte more: the value of the table before it, moved on by eight bits.
      [upper, lower] = [high[at - 256] ?? 0, low[at - 256] ?? 0];
    }
    for (; bits > 0; bits--) {
      const odd = (lower & 1) === 1;
      lower = (lower >>> 1) | (upper << 31);
      upper >>>= 1;
      if (odd) {
        upper ^= 0xc96c5795;
        lower ^= 0xd7870f42;
      }
    }
    high[at] = upper;
    low[at] = lower;
  }
  return [high, low];
}

/** A running CRC-64. */
export class Crc64 {
  readonly #value = Int32Array.of(-1, -1);

  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += someBytes) {
      add(this.#value, bytes, at, Math.min(bytes.length, at + someBytes));
    }
  }

  /** Little-endian, as it is stored. */
  digest(): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeInt32LE(~(this.#value[1] ?? 0), 0);
    bytes.writeInt32LE(~(this.#value[0] ?? 0), 4);
    return bytes;
  }
}

function add(value: Int32Array, bytes: Uint8Array, start: number, end: number): void {
  let [high = 0, low = 0] = value;
  let at = start;
  for (; at + steps <= end; at += steps) {
    const a = ((bytes[at] ?? 0) ^ low) & 0xff;
    const b = ((bytes[at + 1] ?? 0) ^ (low >>> 8)) & 0xff;
    const c = ((bytes[at + 2] ?? 0) ^ (low >>> 16)) & 0xff;
    const d = (bytes[at + 3] ?? 0) ^ (low >>> 24);
    const e = ((bytes[at + 4] ?? 0) ^ high) & 0xff;
    const f = ((bytes[at + 5] ?? 0) ^ (high >>> 8)) & 0xff;
    const g = ((bytes[at + 6] ?? 0) ^ (high >>> 16)) & 0xff;
    const h = (bytes[at + 7] ?? 0) ^ (high >>> 24);
    low =
      (tableLow[a + 1792] ?? 0) ^
      (tableLow[b + 1536] ?? 0) ^
      (tableLow[c + 1280] ?? 0) ^
      (tableLow[d + 1024] ?? 0) ^
      (tableLow[e + 768] ?? 0) ^
      (tableLow[f + 512] ?? 0) ^
      (tableLow[g + 256] ?? 0) ^
      (tableLow[h] ?? 0);
    high =
      (tableHigh[a + 1792] ?? 0) ^
      (tableHigh[b + 1536] ?? 0) ^
      (tableHigh[c + 1280] ?? 0) ^
      (tableHigh[d + 1024] ?? 0) ^
      (tableHigh[e + 768] ?? 0) ^
      (tableHigh[f + 512] ?? 0) ^
      (tableHigh[g + 256] ?? 0) ^
      (tableHigh[h] ?? 0);
  }
  for (; at < end; at++) {
    const index = (low ^ (bytes[at] ?? 0)) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (tableLow[index] ?? 0);
    high = (high >>> 8) ^ (tableHigh[index] ?? 0);
  }
  value[0] = high;
  value[1] = low;
}
