import { createHash } from 'node:crypto';
import type { Cursor } from '../cursor.ts';
import { PassingBytes } from '../describe-bytes.ts';
import type { Archive, Fields } from '../entry.ts';
import { InflateError } from '../inflate.ts';
import { Malformed } from '../malformed.ts';
import { RatioWatch } from '../ratio-watch.ts';
import { readStream, type StreamDecoder } from '../read-stream.ts';
import type { Place, Reading } from '../reading.ts';
import { BitReader } from './bit-reader.ts';
import { BlockBytes } from './block-bytes.ts';
import { blockBytesMax, decodeBlock } from './block.ts';
import { combine } from './crc.ts';
import { blockMagic, endMagic, levelOf, startBytes } from './magic.ts';

/** Streams listed in fields by themselves. pbzip2 makes one of each block, so that there may be any number. */
const streamsListedMax = 64;

/** What is told of a stream, or of all those together that are not listed by themselves. */
interface Account {
  readonly prefix: string;
  readonly stored: PassingBytes;
}

/** Decodes bzip2 streams one after the other as one, as bzip2 does, and keeps the account of their headers. */
export class Bzip2Decoder implements StreamDecoder {
  readonly fields: Fields = {};
  readonly slow = true;
  readonly #reading: Reading;
  readonly #place: Place;
  readonly #cursor: Cursor;
  readonly #watch: RatioWatch;
  #streams = 0;
  #level = 0;
  /** Bits of the cursor's next byte that are taken already. */
  #bits = 0;
  #checksum = 0;
  #links = new Int32Array(0);
  #account: Account | undefined;
  readonly #moreLevels = createHash('sha256');
  #block: { readonly bytes: BlockBytes; readonly checksum: number; readonly offset: number } | undefined;

  constructor(reading: Reading, place: Place, cursor: Cursor) {
    this.#reading = reading;
    this.#place = place;
    this.#cursor = cursor;
    this.#watch = new RatioWatch(reading, place);
  }

  async pull(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#block !== undefined) {
        const bytes = this.#decode(this.#block.bytes);
        if (bytes !== undefined) return bytes;
        this.#endBlock(this.#block);
      }
      if (this.#level === 0 && !(await this.#beginStream())) {
        this.#endLast();
        return undefined;
      }
      await this.#beginBlock();
    }
  }

  /** False where no stream follows. */
  async #beginStream(): Promise<boolean> {
    const level = levelOf(await this.#cursor.peek(startBytes));
    if (level === undefined) return false;
    const offset = this.#cursor.position;
    this.#streams += 1;
    if (this.#streams > 1 && this.#streams <= streamsListedMax) {
      this.#reading.find(this.#place, 'second-member', `stream ${this.#streams} begins here`, offset);
    }
    if (this.#streams <= streamsListedMax + 1) {
      const prefix =
        this.#streams === 1
          ? 'bzip2_'
          : this.#streams > streamsListedMax
            ? 'bzip2_more_'
            : `bzip2${this.#streams}_`;
      this.#account = { prefix, stored: new PassingBytes() };
    }
    if (this.#streams <= streamsListedMax) this.fields[`${this.#account?.prefix}level`] = String(level);
    else this.#moreLevels.update(String(level));
    this.#watch.beginPart();
    this.#level = level;
    this.#checksum = 0;
    if (this.#links.length < level * 100_000) this.#links = new Int32Array(level * 100_000);
    this.#advance(await this.#cursor.peek(4), 32);
    return true;
  }

  /** Stands behind the block's compressed bytes; or the stream has ended. */
  async #beginBlock(): Promise<void> {
    const offset = this.#cursor.position;
    const window = await this.#cursor.peek(blockBytesMax(this.#level));
    try {
      const bits = new BitReader(window, this.#bits);
      const magic = bits.take(24) * 2 ** 24 + bits.take(24);
      const checksum = bits.take32();
      bits.check();
      if (magic === endMagic) return this.#endStream(window, bits, checksum, offset);
      if (magic !== blockMagic) throw new InflateError('neither a block nor the end of the stream');
      const { first, size } = decodeBlock(bits, this.#links.subarray(0, this.#level * 100_000));
      this.#advance(window, bits.position);
      this.#block = { bytes: new BlockBytes(this.#links, first, size), checksum, offset };
    } catch (error) {
      this.#breakOff(error, offset);
    }
  }

  #decode(block: BlockBytes): Uint8Array | undefined {
    try {
      const bytes = block.pull();
      if (bytes !== undefined) this.#watch.decoded(bytes.byteLength);
      return bytes;
    } catch (error) {
      return this.#breakOff(error, this.#cursor.position);
    }
  }

  #endBlock(block: { bytes: BlockBytes; checksum: number; offset: number }): void {
    this.#block = undefined;
    this.#checksum = combine(this.#checksum, block.checksum);
    if (block.bytes.checksum !== block.checksum) this.#mismatch('a block', block.checksum, block.offset);
  }

  #endStream(window: Uint8Array, bits: BitReader, checksum: number, offset: number): void {
    if (checksum !== this.#checksum) this.#mismatch('the stream', checksum, offset);
    const padding = bits.take((8 - (bits.position % 8)) % 8);
    this.#advance(window, bits.position);
    this.#level = 0;
    if (padding !== 0) {
      this.#reading.find(this.#place, 'nonzero-padding', 'bits behind the end of a stream', offset);
      this.fields[`${this.#account?.prefix}padding`] ??= `0x${padding.toString(16)}`;
    }
    if (this.#streams <= streamsListedMax) this.#describe();
  }

  /** Once no more streams follow: those that were not listed by themselves. */
  #endLast(): void {
    if (this.#streams <= streamsListedMax) return;
    this.#describe();
    const more = this.#streams - streamsListedMax;
    this.fields['bzip2_more_streams'] = `${more}, levels sha256 ${this.#moreLevels.digest('hex')}`;
  }

  #describe(): void {
    if (this.#account === undefined) return;
    this.fields[`${this.#account.prefix}blocks`] = this.#account.stored.describe();
    this.#account = undefined;
  }

  #mismatch(what: string, stored: number, offset: number): void {
    this.#reading.find(this.#place, 'content-mismatch', `the checksum of ${what}`, offset);
    this.fields[`${this.#account?.prefix}check`] ??= `0x${stored.toString(16)} of ${what}`;
  }

  /** Moves to `bits` bits from the start of `window`, which was peeked. */
  #advance(window: Uint8Array, bits: number): void {
    const bytes = Math.floor(bits / 8);
    this.#account?.stored.add(window.subarray(0, bytes));
    this.#watch.taken(bytes);
    this.#cursor.advance(bytes);
    this.#bits = bits % 8;
  }

  #breakOff(error: unknown, offset: number): never {
    if (!(error instanceof InflateError)) throw error;
    throw new Malformed(this.#place, `a block breaks off: ${error.message}`, offset);
  }
}

/** Reads bzip2 streams to the end of `cursor`, and what comes after them. @throws Malformed, BudgetSpent */
export function readBzip2(reading: Reading, place: Place, cursor: Cursor): Promise<Archive> {
  return readStream(reading, place, cursor, 'bzip2', new Bzip2Decoder(reading, place, cursor));
}
