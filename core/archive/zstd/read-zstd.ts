import { constants, createZstdDecompress } from 'node:zlib';
import { Cursor } from '../cursor.ts';
import { describeBytes, describeRest, PassingBytes } from '../describe-bytes.ts';
import type { Archive, Fields } from '../entry.ts';
import { Decoder, InflateError, outputChunkBytes } from '../inflate.ts';
import { Malformed } from '../malformed.ts';
import { RatioWatch } from '../ratio-watch.ts';
import { readStream, type StreamDecoder } from '../read-stream.ts';
import type { Place, Reading } from '../reading.ts';
import {
  blockOf,
  isFrame,
  isSkippable,
  peekMagic,
  readZstdHeader,
  takeExactly,
  windowLogMax,
  type ZstdHeader,
} from './frame.ts';

/** Frames listed in fields by themselves; a bomb of empty frames is cut off here. */
const framesMax = 64;

/** Decodes zstd frames one after the other as one stream, as zstd does, and keeps the account of their headers. */
export class ZstdDecoder implements StreamDecoder {
  readonly fields: Fields = {};
  readonly #reading: Reading;
  readonly #place: Place;
  readonly #input: Cursor;
  #frames = 0;
  #decoder: Decoder | undefined;
  #frame = new PassingBytes();
  readonly #watch: RatioWatch;

  constructor(reading: Reading, place: Place, input: Cursor) {
    this.#reading = reading;
    this.#place = place;
    this.#input = input;
    this.#watch = new RatioWatch(reading, place);
  }

  get #prefix(): string {
    return this.#frames === 1 ? 'zstd_' : `zstd${this.#frames}_`;
  }

  async pull(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#decoder === undefined && !(await this.#begin())) return undefined;
      const bytes = await this.#decode();
      if (bytes !== undefined) return bytes;
      this.#decoder?.close();
      this.#decoder = undefined;
      this.fields[`${this.#prefix}frame`] = this.#frame.describe();
    }
  }

  /** Stands at a frame that is to be decoded; false where none follows. */
  async #begin(): Promise<boolean> {
    for (;;) {
      const magic = await peekMagic(this.#input);
      const offset = this.#input.position;
      if (magic === undefined || !(isFrame(magic) || isSkippable(magic))) return false;
      this.#frames += 1;
      if (this.#frames > framesMax) throw new Malformed(this.#place, `more than ${framesMax} frames`, offset);
      if (isSkippable(magic)) {
        await this.#skip(offset);
        continue;
      }
      if (this.#frames > 1)
        this.#reading.find(this.#place, 'second-member', `frame ${this.#frames} begins here`, offset);
      this.#open(await readZstdHeader(this.#place, this.#input));
      return true;
    }
  }

  async #skip(offset: number): Promise<void> {
    const head = await takeExactly(this.#place, this.#input, 8);
    const size = head.readUInt32LE(4);
    const rest = await describeRest(this.#input.within(size));
    if (rest.size < size) throw new Malformed(this.#place, 'it ends inside a frame', offset);
    this.#reading.find(this.#place, 'unknown-record', `a frame of ${size} bytes that decoders skip`, offset);
    this.fields[`${this.#prefix}skipped`] = `${describeBytes(head.subarray(0, 4))}, ${rest.text}`;
  }

  #open(header: ZstdHeader): void {
    this.fields[`${this.#prefix}header`] = describeBytes(header.bytes);
    this.#frame = new PassingBytes();
    this.#watch.beginPart();
    const engine = createZstdDecompress({
      chunkSize: outputChunkBytes,
      params: { [constants.ZSTD_d_windowLogMax]: windowLogMax },
    });
    const frame = new Cursor(this.#piecesOf(header));
    this.#decoder = new Decoder(engine, frame, (bytes) => {
      this.#frame.add(bytes);
      this.#watch.taken(bytes.byteLength);
    });
  }

  /** The bytes of one frame and no more: its end is found by its blocks' sizes, whatever the engine thinks. */
  #piecesOf(header: ZstdHeader): () => Promise<Uint8Array | undefined> {
    let state: 'header' | 'block' | 'checksum' | 'end' = 'header';
    let left = 0;
    let last = false;
    return async () => {
      if (state === 'header') {
        state = 'block';
        return header.bytes;
      }
      if (left > 0) {
        const bytes = await this.#input.takeSome(left);
        if (bytes === undefined)
          throw new Malformed(this.#place, 'it ends inside a frame', this.#input.position);
        left -= bytes.byteLength;
        return bytes;
      }
      if (state === 'block' && !last) {
        const offset = this.#input.position;
        const head = await takeExactly(this.#place, this.#input, 3);
        ({ size: left, last } = blockOf(this.#place, head, offset));
        return head;
      }
      const checksum = state === 'block' && header.checksum;
      state = checksum ? 'checksum' : 'end';
      return checksum ? takeExactly(this.#place, this.#input, 4) : undefined;
    };
  }

  async #decode(): Promise<Uint8Array | undefined> {
    try {
      const bytes = await this.#decoder?.pull();
      if (bytes !== undefined) this.#watch.decoded(bytes.byteLength);
      return bytes;
    } catch (error) {
      this.#decoder?.close();
      if (!(error instanceof InflateError)) throw error;
      throw new Malformed(this.#place, `a frame breaks off: ${error.message}`, this.#input.position);
    }
  }
}

/** Reads zstd frames (RFC 8878) to the end of `cursor`, and what comes after them. @throws Malformed, BudgetSpent */
export function readZstd(reading: Reading, place: Place, cursor: Cursor): Promise<Archive> {
  return readStream(reading, place, cursor, 'zstd', new ZstdDecoder(reading, place, cursor));
}
