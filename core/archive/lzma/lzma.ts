import { InflateError } from '../inflate.ts';
import {
  firstStep,
  newDistance,
  nextSteps,
  shortRepeat,
  stepMasks,
  stepPlaces,
  treeBases,
  treeLeaves,
  treeMasks,
  treePlaces,
  walkEnd,
  walkSize,
} from './symbol-walk.ts';
import type { SlidingWindow } from '../sliding-window.ts';

/** Where the other kinds of probability stand in the one table; whether a symbol is a match stands first of all. */
const distanceSlots = walkSize;
const distanceBits = distanceSlots + 4 * 64;
const distanceAlign = distanceBits + 115;
const literals = distanceAlign + 16;
const literalSize = 0x300;
/** lc + lp is at most this in LZMA2, and in all that liblzma reads. */
const literalBitsMax = 4;

/** Bytes of input that a symbol can take at most. */
export const symbolBytesMax = 20;
/** Bytes of input that begin a range coder's stream. */
export const startBytes = 5;

/** Where the next distance is this, there is none: the end of the stream is marked. */
const endMark = -1;
/**
 * Output of one call of the long function. A compiler has then seen all of it, its end too, when it begins to compile it;
 * after one call that lasts it would compile the loop alone, and leave that code each time the loop ends.
 */
const someBytes = 256;
/** From this length on a copy by the engine is quicker than one by bytes. */
const longMatch = 64;

/** Compressed bytes at hand. */
export interface LzmaInput {
  readonly input: Uint8Array;
  /** Where the next byte stands. */
  readonly start: number;
  /** No symbol is begun here or behind; from here on `symbolBytesMax` more bytes can be read. */
  readonly limit: number;
}

/** Decodes LZMA symbol by symbol. */
export class LzmaDecoder {
  /** Where the input was read to. */
  inputEnd = 0;
  /** Whether the end was marked. */
  marked = false;
  readonly #chances = new Uint16Array(literals + (literalSize << literalBitsMax));
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

  /** Whether the stream could end here: all that was put into the range coder was taken out of it. */
  get settled(): boolean {
    return this.#code === 0;
  }

  /** @throws InflateError */
  setProperties(byte: number): void {
    const lc = byte % 9;
    const lp = Math.floor(byte / 9) % 5;
    const pb = Math.floor(byte / 45);
    if (pb > 4 || lc + lp > literalBitsMax) throw new InflateError('unknown properties of LZMA');
    this.#lc = lc;
    this.#lpMask = (1 << lp) - 1;
    this.#pbMask = (1 << pb) - 1;
  }

  resetState(): void {
    this.#state = this.#rep0 = this.#rep1 = this.#rep2 = this.#rep3 = 0;
    this.#chances.fill(1024);
    this.marked = false;
  }

  /** Begins with the range coder's first bytes, `startBytes` of them. @throws InflateError */
  start(input: Uint8Array, at: number): void {
    if (input[at] !== 0) throw new InflateError('a range coder begins with a wrong byte');
    this.#range = -1;
    this.#code = Buffer.from(input.buffer, input.byteOffset, input.byteLength).readInt32BE(at + 1);
  }

  /**
   * Decodes into `window`, which has the room: no symbol is begun at `outLimit` or behind, or where the input is at its
   * limit or the end was marked; none may reach beyond `outEnd`. @throws InflateError
   */
  decode(window: SlidingWindow, outLimit: number, outEnd: number, { input, start, limit }: LzmaInput): void {
    this.inputEnd = start;
    while (window.length < outLimit && this.inputEnd < limit && !this.marked) {
      const pause = Math.min(outLimit, window.length + someBytes);
      this.#decodeSome(window, pause, outEnd, input, limit);
    }
  }

  /**
   * The loop of it all, with no calls in it and all that changes in local variables: worth twice the speed. A bit is
   * decoded at each of four places in the same way: `chance` of 2048 that it is 0, which the lower part of the range
   * stands for, up to `bound`.
   */
  #decodeSome(
    window: SlidingWindow,
    pause: number,
    outEnd: number,
    input: Uint8Array,
    inputLimit: number,
  ): void {
    const { bytes: out, dictionaryBytes } = window;
    const chances = this.#chances;
    const [lc, lpMask, pbMask] = [this.#lc, this.#lpMask, this.#pbMask];
    let [range, code, state] = [this.#range, this.#code, this.#state];
    let [rep0, rep1, rep2, rep3] = [this.#rep0, this.#rep1, this.#rep2, this.#rep3];
    let [from, at] = [this.inputEnd, window.length];
    let [index, chance, bound] = [0, 0, 0];
    while (at < pause && from < inputLimit) {
      const context = (state << 4) | (at & pbMask);
      index = context;
      chance = chances[index] ?? 0;
      bound = Math.imul(range >>> 11, chance);
      if (code >>> 0 < bound >>> 0) {
        range = bound;
        chances[index] = chance + ((2048 - chance) >> 5);
        if (range >>> 24 === 0) {
          range <<= 8;
          code = (code << 8) | (input[from++] ?? 0);
        }
        const previous = at === 0 ? 0 : (out[at - 1] ?? 0);
        const place = literals + literalSize * (((at & lpMask) << lc) + (previous >> (8 - lc)));
        // Behind a match, the byte that would have gone on with it takes part as long as the bits are its own.
        const back = at - (rep0 >>> 0) - 1;
        let offset = state >= 7 && back >= 0 ? 0x100 : 0;
        let expected = out[offset === 0 ? 0 : back] ?? 0;
        let symbol = 1;
        do {
          expected <<= 1;
          index = place + offset + (expected & offset) + symbol;
          chance = chances[index] ?? 0;
          bound = Math.imul(range >>> 11, chance);
          if (code >>> 0 < bound >>> 0) {
            range = bound;
            chances[index] = chance + ((2048 - chance) >> 5);
            symbol <<= 1;
            offset &= ~expected;
          } else {
            range = (range - bound) | 0;
            code = (code - bound) | 0;
            chances[index] = chance - (chance >> 5);
            symbol = (symbol << 1) | 1;
            offset &= expected;
          }
          if (range >>> 24 === 0) {
            range <<= 8;
            code = (code << 8) | (input[from++] ?? 0);
          }
        } while (symbol < 0x100);
        out[at++] = symbol;
        state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
        continue;
      }
      range = (range - bound) | 0;
      code = (code - bound) | 0;
      chances[index] = chance - (chance >> 5);
      if (range >>> 24 === 0) {
        range <<= 8;
        code = (code << 8) | (input[from++] ?? 0);
      }

      let step = firstStep;
      do {
        index = (stepPlaces[step] ?? 0) + (context & (stepMasks[step] ?? 0));
        chance = chances[index] ?? 0;
        bound = Math.imul(range >>> 11, chance);
        if (code >>> 0 < bound >>> 0) {
          range = bound;
          chances[index] = chance + ((2048 - chance) >> 5);
          step = nextSteps[step << 1] ?? 0;
        } else {
          range = (range - bound) | 0;
          code = (code - bound) | 0;
          chances[index] = chance - (chance >> 5);
          step = nextSteps[(step << 1) + 1] ?? 0;
        }
        if (range >>> 24 === 0) {
          range <<= 8;
          code = (code << 8) | (input[from++] ?? 0);
        }
      } while (step < walkEnd);
      step -= walkEnd;
      const kind = step >> 2;

      let length = 1;
      if (kind === shortRepeat) state = state < 7 ? 9 : 11;
      else {
        state = kind === newDistance ? (state < 7 ? 7 : 10) : state < 7 ? 8 : 11;
        const repeated = kind === 1 ? rep1 : kind === 2 ? rep2 : rep3;
        rep3 = kind > 2 ? rep2 : rep3;
        rep2 = kind > 1 ? rep1 : rep2;
        rep1 = kind > 0 ? rep0 : rep1;
        rep0 = kind > 0 ? repeated : rep0;
        // Trees of bits, one after the other: the length; of a new distance its slot; and of a far one its last bits.
        let place = (treePlaces[step] ?? 0) + ((context << 3) & (treeMasks[step] ?? 0));
        let leaves = treeLeaves[step] ?? 0;
        let trees = kind === newDistance ? 0 : 2;
        length = 0;
        for (;;) {
          let symbol = 1;
          do {
            index = place + symbol;
            chance = chances[index] ?? 0;
            bound = Math.imul(range >>> 11, chance);
            if (code >>> 0 < bound >>> 0) {
              range = bound;
              chances[index] = chance + ((2048 - chance) >> 5);
              symbol <<= 1;
            } else {
              range = (range - bound) | 0;
              code = (code - bound) | 0;
              chances[index] = chance - (chance >> 5);
              symbol = (symbol << 1) | 1;
            }
            if (range >>> 24 === 0) {
              range <<= 8;
              code = (code << 8) | (input[from++] ?? 0);
            }
          } while (symbol < leaves);
          if (length === 0) {
            length = symbol + (treeBases[step] ?? 0);
            if (kind !== newDistance) break;
            place = distanceSlots + (Math.min(length - 2, 3) << 6);
            leaves = 64;
            continue;
          }
          if (trees === 0) {
            trees = 1;
            const slot = symbol - 64;
            rep0 = slot;
            if (slot < 4) break;
            let bits = (slot >> 1) - 1;
            rep0 = (2 | (slot & 1)) << bits;
            place = distanceBits + rep0 - slot;
            if (slot >= 14) {
              let direct = 0;
              for (; bits > 4; bits--) {
                range >>>= 1;
                code = (code - range) | 0;
                const borrow = code >> 31;
                code = (code + (range & borrow)) | 0;
                direct = ((direct << 1) + borrow + 1) | 0;
                if (range >>> 24 === 0) {
                  range <<= 8;
                  code = (code << 8) | (input[from++] ?? 0);
                }
              }
              rep0 = (rep0 + (direct << 4)) | 0;
              place = distanceAlign;
            }
            leaves = 1 << bits;
            continue;
          }
          // The lowest bit came first.
          for (let bit = leaves >> 1; bit > 0; bit >>= 1) {
            if ((symbol & 1) !== 0) rep0 = (rep0 + bit) | 0;
            symbol >>= 1;
          }
          break;
        }
      }
      if (rep0 === endMark) {
        this.marked = true;
        break;
      }
      const distance = (rep0 >>> 0) + 1;
      if (Math.max(distance - at, distance - dictionaryBytes, at + length - outEnd) > 0) {
        throw new InflateError('a match reaches too far');
      }
      if (Math.min(length, distance) >= Math.max(longMatch, length)) {
        out.copyWithin(at, at - distance, at - distance + length);
        at += length;
      } else {
        const end = at + length;
        do out[at] = out[at - distance] ?? 0;
        while (++at < end);
      }
    }
    this.#range = range;
    this.#code = code;
    this.#state = state;
    this.#rep0 = rep0;
    this.#rep1 = rep1;
    this.#rep2 = rep2;
    this.#rep3 = rep3;
    this.inputEnd = from;
    window.length = at;
  }
}
