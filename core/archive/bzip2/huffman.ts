import { InflateError } from '../inflate.ts';
import type { BitReader } from './bit-reader.ts';

const lengthMax = 20;
const fastBits = 10;

/** A canonical Huffman code. Short codes are looked up in one step. */
export class HuffmanCode {
  /** For each start of `fastBits` bits: symbol and length of the code that it begins, or 0. */
  readonly #fast = new Uint16Array(1 << fastBits);
  /** Symbols by code. */
  readonly #symbols: Uint16Array;
  /** For each length: the first code beyond those of it, and what to add to a code for its place in `#symbols`. */
  readonly #limits = new Int32Array(lengthMax + 2);
  readonly #bases = new Int32Array(lengthMax + 2);

  /** @throws InflateError where no code has these lengths (each 1 to 20) */
  constructor(lengths: Uint8Array) {
    const counts = new Uint16Array(lengthMax + 2);
    for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
    this.#symbols = new Uint16Array(lengths.length);
    const next = new Int32Array(lengthMax + 2);
    const places = new Int32Array(lengthMax + 2);
    let code = 0;
    let place = 0;
    for (let length = 1; length <= lengthMax; length++) {
      const count = counts[length] ?? 0;
      next[length] = code;
      places[length] = place;
      this.#bases[length] = place - code;
      code += count;
      place += count;
      if (code > 1 << length) throw new InflateError('lengths of codes that no code can have');
      this.#limits[length] = code;
      code <<= 1;
    }
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const length = lengths[symbol] ?? 0;
      const own = next[length] ?? 0;
      const at = places[length] ?? 0;
      next[length] = own + 1;
      places[length] = at + 1;
      this.#symbols[at] = symbol;
      if (length > fastBits) continue;
      const start = own << (fastBits - length);
      this.#fast.fill((symbol << 4) | length, start, start + (1 << (fastBits - length)));
    }
  }

  /** The next symbol. @throws InflateError where no code begins so */
  decode(bits: BitReader): number {
    const ahead = bits.peek(lengthMax);
    const fast = this.#fast[ahead >>> (lengthMax - fastBits)] ?? 0;
    if (fast !== 0) {
      bits.skip(fast & 15);
      return fast >>> 4;
    }
    for (let length = fastBits + 1; length <= lengthMax; length++) {
      const code = ahead >>> (lengthMax - length);
      if (code >= (this.#limits[length] ?? 0)) continue;
      bits.skip(length);
      return this.#symbols[code + (this.#bases[length] ?? 0)] ?? 0;
    }
    throw new InflateError('a code that stands for nothing');
  }
}
