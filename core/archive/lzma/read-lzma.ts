import type { Cursor } from '../cursor.ts';
import { describeBytes, PassingBytes } from '../describe-bytes.ts';
import type { Archive, Fields } from '../entry.ts';
import { InflateError } from '../inflate.ts';
import { Malformed } from '../malformed.ts';
import { RatioWatch } from '../ratio-watch.ts';
import { readStream, type StreamDecoder } from '../read-stream.ts';
import type { Place, Reading } from '../reading.ts';
import { lzmaHeaderBytes, lzmaHeaderOf } from './header.ts';
import { Lzma1Decoder } from './lzma1.ts';

/** Decodes an `.lzma`, the form of LZMA Utils and of `xz --format=lzma`, and keeps the account of its header. */
class LzmaStream implements StreamDecoder {
  readonly fields: Fields = {};
  readonly slow = true;
  readonly #place: Place;
  readonly #cursor: Cursor;
  readonly #watch: RatioWatch;
  readonly #stored = new PassingBytes();
  #told = false;
  #lzma: Lzma1Decoder | undefined;

  constructor(reading: Reading, place: Place, cursor: Cursor) {
    this.#place = place;
    this.#cursor = cursor;
    this.#watch = new RatioWatch(reading, place);
  }

  async pull(): Promise<Uint8Array | undefined> {
    try {
      this.#lzma ??= await this.#begin();
      const bytes = await this.#lzma.pull();
      if (bytes === undefined) this.#end(this.#lzma.marked);
      else this.#watch.decoded(bytes.byteLength);
      return bytes;
    } catch (error) {
      if (!(error instanceof InflateError)) throw error;
      throw new Malformed(this.#place, `the stream breaks off: ${error.message}`, this.#cursor.position);
    }
  }

  async #begin(): Promise<Lzma1Decoder> {
    const bytes = await this.#cursor.peek(lzmaHeaderBytes);
    const header = lzmaHeaderOf(bytes);
    if (header === undefined) throw new InflateError('it ends inside the header');
    if (header.size !== undefined && header.size > BigInt(Number.MAX_SAFE_INTEGER))
      throw new InflateError('a size beyond all bounds');
    const onTaken = (taken: Uint8Array): void => {
      this.#stored.add(taken);
      this.#watch.taken(taken.byteLength);
    };
    const lzma = new Lzma1Decoder(this.#cursor, {
      ...header,
      size: header.size === undefined ? undefined : Number(header.size),
      onTaken,
    });
    this.fields['lzma_header'] = describeBytes(bytes.subarray(0, 5));
    this.#told = header.size !== undefined;
    onTaken(bytes);
    this.#cursor.advance(lzmaHeaderBytes);
    return lzma;
  }

  #end(marked: boolean): void {
    this.fields['lzma_end'] = this.#told ? (marked ? 'size and mark' : 'size') : 'mark';
    this.fields['lzma_blocks'] = this.#stored.describe();
  }
}

/** Reads an `.lzma` to the end of `cursor`, and what comes after it. @throws Malformed, BudgetSpent */
export function readLzma(reading: Reading, place: Place, cursor: Cursor): Promise<Archive> {
  return readStream(reading, place, cursor, 'lzma', new LzmaStream(reading, place, cursor));
}
