import { InflateError } from '../inflate.ts';

/** Where each kind of probability stands in the one table. */
const isMatch = 0;
const isRep = 192;
const isRepG0 = 204;
const isRepG1 = 216;
const isRepG2 = 228;
const isRep0Long = 240;
const distanceSlot = 432;
const distanceSpecial = 688;
const distanceAlign = 803;
const matchLength = 819;
const repLength = matchLength + 514;
const literals = repLength + 514;
const literalCoderSize = 0x300;
/** lc + lp is at most 4 in LZMA2. */
const probabilitiesMax = literals + (literalCoderSize << 4);

/** Turns the order of signed numbers into that of unsigned ones: range and code are 32 bits without a sign. */
const flip = 0x80000000;

/** Decodes LZMA chunk by chunk. Its hot path is a few lines that a compiler inlines, on small integers only. */
export class LzmaDecoder {
  /** The compressed bytes of the chunk. */
  readonly input = new Uint8Array(65_536);
  readonly #chances = new Uint16Array(probabilitiesMax);
  #at = 0;
  #range = 0;
  #code = 0;
  #state = 0;
  #rep0 = 0;
  #rep1 = 0;
  #rep2 = 0;
  #rep3 = 0;
  #lc = 0;
  #lpMask = 0;
  #pbMask = 0;

  /** @throws InflateError */
  setProperties(byte: number): void {
    const lc = byte % 9;
    const lp = Math.floor(byte / 9) % 5;
    const pb = Math.floor(byte / 45);
    if (pb > 4 || lc + lp > 4) throw new InflateError('unknown properties of LZMA');
    this.#lc = lc;
    this.#lpMask = (1 << lp) - 1;
    this.#pbMask = (1 << pb) - 1;
  }

  resetState(): void {
    this.#state = this.#rep0 = this.#rep1 = this.#rep2 = this.#rep3 = 0;
    this.#chances.fill(1024);
  }

  /**
   * Decodes a chunk of `inputBytes` into `out` from `start` to `end`. `out` begins at a multiple of 16 bytes of the
   * content since the dictionary's reset, and has at least the last `dictionaryBytes` of it. @throws InflateError
   */
  decode(inputBytes: number, out: Uint8Array, start: number, end: number, dictionaryBytes: number): void {
    const { input } = this;
    if (input[0] !== 0) throw new InflateError('a chunk begins with a wrong byte');
    this.#range = -1;
    this.#code = Buffer.from(input.buffer).readInt32BE(1);
    this.#at = 5;
    let at = start;
    while (at < end) {
      const posState = at & this.#pbMask;
      if (this.#bit(isMatch + (this.#state << 4) + posState) === 0) {
        this.#literal(out, at++);
        continue;
      }
      const length = this.#match(posState);
      const distance = (this.#rep0 >>> 0) + 1;
      if (distance > at || distance > dictionaryBytes) throw new InflateError('a match reaches too far back');
      if (at + length > end) throw new InflateError('a match is longer than its chunk');
      copyMatch(out, at, distance, length);
      at += length;
    }
    if (this.#at !== inputBytes || this.#code !== 0) throw new InflateError('a chunk has another size');
  }

  #literal(out: Uint8Array, at: number): void {
    const previous = at === 0 ? 0 : (out[at - 1] ?? 0);
    const coder = ((at & this.#lpMask) << this.#lc) + (previous >> (8 - this.#lc));
    const base = literals + literalCoderSize * coder;
    const state = this.#state;
    let symbol = 1;
    if (state >= 7) {
      let matched = out[at - (this.#rep0 >>> 0) - 1] ?? 0;
      let offset = 0x100;
      while (symbol < 0x100) {
        matched <<= 1;
        const expected = matched & offset;
        const bit = this.#bit(base + offset + expected + symbol);
        symbol = (symbol << 1) | bit;
        offset &= bit === 1 ? expected : ~expected;
      }
    } else {
      while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(base + symbol);
    }
    out[at] = symbol;
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  /** Length of the match that comes; its distance is then in `rep0`. */
  #match(posState: number): number {
    const state = this.#state;
    if (this.#bit(isRep + state) === 0) {
      this.#rep3 = this.#rep2;
      this.#rep2 = this.#rep1;
      this.#rep1 = this.#rep0;
      this.#state = state < 7 ? 7 : 10;
      const length = this.#length(matchLength, posState);
      this.#rep0 = this.#distance(length);
      return length;
    }
    if (this.#bit(isRepG0 + state) === 0) {
      if (this.#bit(isRep0Long + (state << 4) + posState) === 0) {
        this.#state = state < 7 ? 9 : 11;
        return 1;
      }
    } else {
      let distance = this.#rep1;
      if (this.#bit(isRepG1 + state) === 1) {
        distance = this.#rep2;
        if (this.#bit(isRepG2 + state) === 1) {
          distance = this.#rep3;
          this.#rep3 = this.#rep2;
        }
        this.#rep2 = this.#rep1;
      }
      this.#rep1 = this.#rep0;
      this.#rep0 = distance;
    }
    this.#state = state < 7 ? 8 : 11;
    return this.#length(repLength, posState);
  }

  #length(base: number, posState: number): number {
    if (this.#bit(base) === 0) return 2 + this.#tree(base + 2 + (posState << 3), 3);
    if (this.#bit(base + 1) === 0) return 10 + this.#tree(base + 130 + (posState << 3), 3);
    return 18 + this.#tree(base + 258, 8);
  }

  #distance(length: number): number {
    const slot = this.#tree(distanceSlot + (Math.min(length - 2, 3) << 6), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) << bits;
    if (slot < 14) return base + this.#reverseTree(distanceSpecial + base - slot, bits);
    return base + (this.#direct(bits - 4) << 4) + this.#reverseTree(distanceAlign, 4);
  }

  #tree(base: number, bits: number): number {
    let symbol = 1;
    for (let count = 0; count < bits; count++) symbol = (symbol << 1) | this.#bit(base + symbol);
    return symbol - (1 << bits);
  }

  #reverseTree(base: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let count = 0; count < bits; count++) {
      const bit = this.#bit(base + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << count;
    }
    return value;
  }

  #direct(bits: number): number {
    let value = 0;
    for (let count = 0; count < bits; count++) {
      this.#range >>>= 1;
      const one = (this.#code ^ flip) >= (this.#range ^ flip);
      if (one) this.#code = (this.#code - this.#range) | 0;
      value = (value << 1) | (one ? 1 : 0);
      if ((this.#range & 0xff000000) === 0) this.#shift();
    }
    return value;
  }

  #bit(index: number): number {
    const chance = this.#chances[index] ?? 0;
    const bound = Math.imul(this.#range >>> 11, chance);
    let bit = 0;
    if ((this.#code ^ flip) < (bound ^ flip)) {
      this.#range = bound;
      this.#chances[index] = chance + ((2048 - chance) >> 5);
    } else {
      this.#range = (this.#range - bound) | 0;
      this.#code = (this.#code - bound) | 0;
      this.#chances[index] = chance - (chance >> 5);
      bit = 1;
    }
    if ((this.#range & 0xff000000) === 0) this.#shift();
    return bit;
  }

  #shift(): void {
    this.#range <<= 8;
    this.#code = (this.#code << 8) | (this.input[this.#at++] ?? 0);
  }
}

function copyMatch(out: Uint8Array, at: number, distance: number, length: number): void {
  if (distance === 1) {
    out.fill(out[at - 1] ?? 0, at, at + length);
    return;
  }
  if (distance >= length && length > 64) {
    out.copyWithin(at, at - distance, at - distance + length);
    return;
  }
  const end = at + length;
  for (let to = at; to < end; to++) out[to] = out[to - distance] ?? 0;
}
