import type { Cursor } from '../cursor.ts';
import { InflateError } from '../inflate.ts';
import { SlidingWindow } from '../sliding-window.ts';
import { LowBits } from './bits.ts';
import { endOfBlock, fixed, readBlockCodes, type BlockCodes } from './block-codes.ts';
import { fastMask } from './huffman.ts';

/** What lengths and distances stand for: the first of each code, and how many bits are added to it. */
export interface DeflateVariant {
  readonly windowBytes: number;
  readonly lengthBases: readonly number[];
  readonly lengthBits: readonly number[];
  readonly distanceBases: readonly number[];
  readonly distanceBits: readonly number[];
}

const inputBytes = 65_536;
/** More than the codes of a block take, or the longest symbol. */
const aheadBytes = 1024;
const stepBytes = 65_536;
const lengthMax = 65_538;
/** From this length on a copy by the engine is quicker than one by bytes. */
const longMatch = 64;

/** Decodes deflate or what is made like it, block by block. When `pull` answered undefined, `input` stands right behind it. */
export class DeflateDecoder {
  readonly #input: Cursor;
  readonly #variant: DeflateVariant;
  readonly #onTaken: (bytes: Uint8Array) => void;
  readonly #window: SlidingWindow;
  readonly #chunk = new Uint8Array(inputBytes + aheadBytes);
  readonly #bits = new LowBits(this.#chunk);
  /** Bits of the next byte that were taken. */
  #skipped = 0;
  #state: 'header' | 'stored' | 'symbols' | 'end' = 'header';
  #last = false;
  #codes: BlockCodes = fixed;
  #storedLeft = 0;

  constructor(input: Cursor, variant: DeflateVariant, onTaken: (bytes: Uint8Array) => void) {
    this.#input = input;
    this.#variant = variant;
    this.#onTaken = onTaken;
    this.#window = new SlidingWindow(variant.windowBytes);
  }

  /** The next decoded bytes, which stay as they are; undefined at the end. Throws InflateError, and what the input throws. */
  async pull(): Promise<Uint8Array | undefined> {
    for (;;) {
      const bytes = this.#window.give();
      if (bytes !== undefined) return bytes;
      if (this.#state === 'end') return undefined;
      await this.#decodeSome();
    }
  }

  async #decodeSome(): Promise<void> {
    const input = await this.#input.peek(inputBytes);
    this.#chunk.set(input);
    this.#chunk.fill(0, input.byteLength);
    // At the end of the input what would need more than there is, is noticed after.
    const limit = input.byteLength < inputBytes ? input.byteLength : input.byteLength - aheadBytes;
    this.#window.makeRoom(stepBytes + lengthMax);
    const outLimit = this.#window.length + stepBytes;
    this.#bits.seek(this.#skipped);
    do {
      if (this.#state === 'header') this.#readHeader();
      else if (this.#state === 'stored') this.#copyStored(outLimit, input.byteLength);
      else this.#readSymbols(outLimit, limit);
    } while (!this.#ended && this.#bits.position < 8 * limit && this.#window.length < outLimit);
    const { position } = this.#bits;
    if (position > 8 * input.byteLength) throw new InflateError('it ends inside the stream');
    const taken = this.#ended ? Math.ceil(position / 8) : position >> 3;
    this.#skipped = this.#ended ? 0 : position & 7;
    this.#onTaken(input.subarray(0, taken));
    this.#input.advance(taken);
  }

  get #ended(): boolean {
    return this.#state === 'end';
  }

  #endBlock(): void {
    this.#state = this.#last ? 'end' : 'header';
  }

  #readHeader(): void {
    const bits = this.#bits;
    this.#last = bits.take(1) === 1;
    const kind = bits.take(2);
    if (kind === 3) throw new InflateError('a block of a kind that there is not');
    if (kind === 0) {
      bits.seek((bits.position + 7) & ~7);
      this.#storedLeft = bits.take(16);
      if ((bits.take(16) ^ this.#storedLeft) !== 0xffff)
        throw new InflateError('a stored block of no clear length');
      if (this.#storedLeft === 0) this.#endBlock();
      else this.#state = 'stored';
      return;
    }
    this.#codes = kind === 1 ? fixed : readBlockCodes(bits, this.#variant.distanceBases.length);
    this.#state = 'symbols';
  }

  #copyStored(outLimit: number, inputLength: number): void {
    const start = this.#bits.position / 8;
    const window = this.#window;
    const size = Math.min(this.#storedLeft, outLimit - window.length, inputLength - start);
    if (size <= 0) throw new InflateError('it ends inside the stream');
    window.bytes.set(this.#chunk.subarray(start, start + size), window.length);
    window.length += size;
    this.#storedLeft -= size;
    this.#bits.seek(8 * (start + size));
    if (this.#storedLeft === 0) this.#endBlock();
  }

  /** The loop of it all: what changes in it is in local variables. */
  #readSymbols(outLimit: number, limit: number): void {
    const { symbols, distances } = this.#codes;
    const { lengthBases, lengthBits, distanceBases, distanceBits, windowBytes } = this.#variant;
    const chunk = this.#chunk;
    const out = this.#window.bytes;
    let { at, held, heldBits } = this.#bits;
    let to = this.#window.length;
    // One symbol at least, so that there is progress, or too much is taken, which is noticed.
    do {
      for (; heldBits < 24; heldBits += 8) held |= (chunk[at++] ?? 0) << heldBits;
      let found = symbols.fast[held & fastMask] || symbols.find(held);
      held >>>= found & 15;
      heldBits -= found & 15;
      const symbol = found >> 4;
      if (symbol < endOfBlock) {
        out[to++] = symbol;
        continue;
      }
      if (symbol === endOfBlock) {
        this.#endBlock();
        break;
      }
      let base = lengthBases[symbol - endOfBlock - 1];
      let more = lengthBits[symbol - endOfBlock - 1];
      if (base === undefined || more === undefined) throw new InflateError('a length that there is not');
      for (; heldBits < 24; heldBits += 8) held |= (chunk[at++] ?? 0) << heldBits;
      const length = base + (held & ((1 << more) - 1));
      held >>>= more;
      heldBits -= more;
      for (; heldBits < 24; heldBits += 8) held |= (chunk[at++] ?? 0) << heldBits;
      found = distances.fast[held & fastMask] || distances.find(held);
      held >>>= found & 15;
      heldBits -= found & 15;
      base = distanceBases[found >> 4];
      more = distanceBits[found >> 4];
      if (base === undefined || more === undefined) throw new InflateError('a distance that there is not');
      for (; heldBits < 24; heldBits += 8) held |= (chunk[at++] ?? 0) << heldBits;
      const distance = base + (held & ((1 << more) - 1));
      held >>>= more;
      heldBits -= more;
      if (distance > to || distance > windowBytes) throw new InflateError('a match reaches too far back');
      const end = to + length;
      if (Math.min(length, distance) >= Math.max(longMatch, length)) {
        out.copyWithin(to, to - distance, end - distance);
        to = end;
      } else {
        do out[to] = out[to - distance] ?? 0;
        while (++to < end);
      }
    } while (to < outLimit && 8 * at - heldBits < 8 * limit);
    Object.assign(this.#bits, { at, held, heldBits });
    this.#window.length = to;
  }
}
