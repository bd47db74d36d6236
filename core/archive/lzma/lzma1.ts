import type { Cursor } from '../cursor.ts';
import { InflateError } from '../inflate.ts';
import { LzmaDecoder, startBytes, symbolBytesMax } from './lzma.ts';
import { SlidingWindow } from '../sliding-window.ts';

const inputBytes = 65_536;
/** Bytes decoded in one step, but for the match that the last of them may begin. */
const stepBytes = 131_072;
const matchBytesMax = 273;

export interface Lzma1Options {
  /** lc, lp and pb in one byte. */
  readonly properties: number;
  readonly dictionaryBytes: number;
  /** Bytes of the content; undefined where only a mark in the stream tells its end. */
  readonly size: number | undefined;
  /** Sees each compressed byte when it is taken. */
  readonly onTaken: (bytes: Uint8Array) => void;
}

/**
 * Decodes a stream of LZMA as it was before LZMA2: one run of symbols, which ends where its size says or where its end is
 * marked (a mark behind the size is taken, as liblzma does). When `pull` answered undefined, `input` stands right behind it.
 */
export class Lzma1Decoder {
  readonly #input: Cursor;
  readonly #options: Lzma1Options;
  readonly #window: SlidingWindow;
  readonly #lzma = new LzmaDecoder();
  readonly #chunk = new Uint8Array(inputBytes + symbolBytesMax);
  #left: number;
  #state: 'start' | 'symbols' | 'end' = 'start';

  /** @throws InflateError of properties that there are not */
  constructor(input: Cursor, options: Lzma1Options) {
    this.#input = input;
    this.#options = options;
    this.#left = options.size ?? Number.POSITIVE_INFINITY;
    // As liblzma takes it.
    this.#window = new SlidingWindow(Math.max(Math.ceil(options.dictionaryBytes / 16) * 16, 4096));
    this.#lzma.setProperties(options.properties);
    this.#lzma.resetState();
  }

  /** Whether the end was marked. */
  get marked(): boolean {
    return this.#lzma.marked;
  }

  /** The next decoded bytes, which stay as they are; undefined at the end. Throws InflateError, and what the input throws. */
  async pull(): Promise<Uint8Array | undefined> {
    if (this.#state === 'start') await this.#start();
    for (;;) {
      const bytes = this.#window.give();
      if (bytes !== undefined) return bytes;
      if (this.#state === 'end') return undefined;
      await this.#decodeSome();
    }
  }

  async #start(): Promise<void> {
    const bytes = await this.#input.peek(startBytes);
    if (bytes.byteLength < startBytes) throw new InflateError('it ends inside the stream');
    this.#lzma.start(bytes, 0);
    this.#take(startBytes, bytes);
    this.#state = 'symbols';
  }

  /** Decodes one symbol at least, or comes to the end. */
  async #decodeSome(): Promise<void> {
    if (this.#left === 0 && this.#lzma.settled) {
      this.#state = 'end';
      return;
    }
    const window = this.#window;
    window.makeRoom(stepBytes + matchBytesMax);
    const { length } = window;
    // Behind the size only the mark may follow: room for one byte more, which then is one too many.
    const outEnd = length + Math.min(stepBytes + matchBytesMax, Math.max(this.#left, 1));
    const outLimit = Math.min(outEnd, length + stepBytes);
    const input = await this.#input.peek(inputBytes);
    this.#chunk.set(input);
    this.#chunk.fill(0, input.byteLength);
    // At the end of the input the range coder still holds symbols; what would need more than there is, is noticed after.
    const ends = input.byteLength < inputBytes;
    const limit = ends ? input.byteLength + 1 : input.byteLength - symbolBytesMax;
    this.#lzma.decode(window, outLimit, outEnd, { input: this.#chunk, start: 0, limit });
    if (this.#lzma.inputEnd > input.byteLength) throw new InflateError('it ends inside the stream');
    this.#take(this.#lzma.inputEnd, input);
    this.#finish(window.length - length);
  }

  #finish(decoded: number): void {
    const { size } = this.#options;
    if (decoded > this.#left) throw new InflateError('it goes on behind its size');
    this.#left -= decoded;
    if (!this.#lzma.marked) return;
    if (size !== undefined && this.#left > 0) throw new InflateError('its end is marked before its size');
    if (!this.#lzma.settled) throw new InflateError('the mark of its end is followed by more');
    this.#state = 'end';
  }

  #take(length: number, bytes: Uint8Array): void {
    this.#options.onTaken(bytes.subarray(0, length));
    this.#input.advance(length);
  }
}
