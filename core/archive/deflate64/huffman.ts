import { InflateError } from '../inflate.ts';

const lengthMax = 15;
const fastBits = 10;

/** A canonical Huffman code as deflate has it, RFC 1951 section 3.2.2. Short codes are looked up in one step. */
export class DeflateCode {
  /** For each of the next `fastBits` bits: symbol (upper bits) and length (lower four) of the code they begin, or 0. */
  readonly fast = new Uint16Array(1 << fastBits);
  readonly #counts = new Uint16Array(lengthMax + 1);
  /** By code. */
  readonly #symbols: Uint16Array;

  /**
   * `lengths` of the codes of all symbols, 0 where a symbol has none. As in zlib, a code may leave bits that stand for
   * nothing only where it is one of one bit, or where it is empty and `emptyAllowed`. @throws InflateError
   */
  constructor(lengths: Uint8Array, emptyAllowed = false) {
    this.#symbols = new Uint16Array(lengths.length);
    for (const length of lengths) if (length > 0) this.#counts[length] = (this.#counts[length] ?? 0) + 1;
    const next = new Uint16Array(lengthMax + 1);
    const places = new Uint16Array(lengthMax + 1);
    let [code, place, longest] = [0, 0, 0];
    for (let length = 1; length <= lengthMax; length++) {
      const count = this.#counts[length] ?? 0;
      if (count > 0) longest = length;
      code <<= 1;
      next[length] = code;
      places[length] = place;
      code += count;
      place += count;
      if (code > 1 << length) throw new InflateError('lengths of codes that no code can have');
    }
    const complete = code === 1 << lengthMax;
    if (!complete && longest !== 1 && !(longest === 0 && emptyAllowed))
      throw new InflateError('a code that leaves bits without a meaning');
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const length = lengths[symbol] ?? 0;
      if (length === 0) continue;
      const own = next[length] ?? 0;
      const at = places[length] ?? 0;
      next[length] = own + 1;
      places[length] = at + 1;
      this.#symbols[at] = symbol;
      if (length > fastBits) continue;
      for (let start = reversed(own, length); start < 1 << fastBits; start += 1 << length)
        this.fast[start] = (symbol << 4) | length;
    }
  }

  /** Like `fast`, for the code that begins with the lowest of `bits`, of any length. @throws InflateError where there is none */
  find(bits: number): number {
    let [code, first, place] = [0, 0, 0];
    for (let length = 1; length <= lengthMax; length++) {
      code = (code << 1) | ((bits >>> (length - 1)) & 1);
      const count = this.#counts[length] ?? 0;
      if (code - first < count) return ((this.#symbols[place + code - first] ?? 0) << 4) | length;
      place += count;
      first = (first + count) << 1;
    }
    throw new InflateError('a code that stands for nothing');
  }
}

/** What `DeflateCode.fast` takes. */
export const fastMask = (1 << fastBits) - 1;

function reversed(code: number, length: number): number {
  let bits = 0;
  for (let at = 0; at < length; at++) bits |= ((code >> at) & 1) << (length - 1 - at);
  return bits;
}
