import { crc32 } from 'node:zlib';
import type { Cursor } from '../cursor.ts';
import { PassingBytes } from '../describe-bytes.ts';
import type { Archive, Fields } from '../entry.ts';
import { InflateError, rawInflate, type Decoder } from '../inflate.ts';
import { Malformed } from '../malformed.ts';
import { RatioWatch } from '../ratio-watch.ts';
import { readStream, type StreamDecoder } from '../read-stream.ts';
import type { Place, Reading } from '../reading.ts';
import { gzipFields, readGzipHeader } from './header.ts';

/** Members listed in fields by themselves; a bomb of empty members is cut off here. */
const membersMax = 64;

/** Decodes gzip members one after the other as one stream, as gunzip does, and keeps the account of their headers. */
class GzipDecoder implements StreamDecoder {
  readonly fields: Fields = {};
  readonly #reading: Reading;
  readonly #place: Place;
  readonly #input: Cursor;
  #members = 0;
  #inflate: Decoder | undefined;
  #deflate = new PassingBytes();
  #crc = 0;
  #size = 0;
  readonly #watch: RatioWatch;

  constructor(reading: Reading, place: Place, input: Cursor) {
    this.#reading = reading;
    this.#place = place;
    this.#input = input;
    this.#watch = new RatioWatch(reading, place);
  }

  get #prefix(): string {
    return this.#members === 1 ? 'gzip_' : `gzip${this.#members}_`;
  }

  async pull(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#inflate === undefined && !(await this.#begin())) return undefined;
      const bytes = await this.#decode();
      if (bytes !== undefined) return bytes;
      await this.#finish();
    }
  }

  async #begin(): Promise<boolean> {
    const magic = await this.#input.peek(2);
    const offset = this.#input.position;
    if (this.#members > 0) {
      if (magic[0] !== 0x1f || magic[1] !== 0x8b) return false;
      this.#reading.find(this.#place, 'second-member', `member ${this.#members + 1} begins here`, offset);
    }
    this.#members += 1;
    if (this.#members > membersMax)
      throw new Malformed(this.#place, `more than ${membersMax} members`, offset);
    const header = await readGzipHeader(this.#place, this.#input, this.#reading.limits.headerBytesMax);
    Object.assign(this.fields, gzipFields(header, this.#prefix));
    if (!header.headerCrcHolds)
      this.#reading.find(this.#place, 'content-mismatch', 'checksum of the gzip header', offset);
    this.#crc = 0;
    this.#size = 0;
    this.#watch.beginPart();
    this.#deflate = new PassingBytes();
    this.#inflate = rawInflate(this.#input, (bytes) => {
      this.#deflate.add(bytes);
      this.#watch.taken(bytes.byteLength);
    });
    return true;
  }

  async #decode(): Promise<Uint8Array | undefined> {
    try {
      const bytes = await this.#inflate?.pull();
      if (bytes === undefined) return undefined;
      this.#crc = crc32(bytes, this.#crc);
      this.#size += bytes.byteLength;
      this.#watch.decoded(bytes.byteLength);
      return bytes;
    } catch (error) {
      if (!(error instanceof InflateError)) throw error;
      this.#inflate?.close();
      throw new Malformed(
        this.#place,
        `the deflate stream breaks off: ${error.message}`,
        this.#input.position,
      );
    }
  }

  async #finish(): Promise<void> {
    this.#inflate?.close();
    this.#inflate = undefined;
    this.fields[`${this.#prefix}deflate`] = this.#deflate.describe();
    const offset = this.#input.position;
    const trailer = await this.#input.take(8);
    if (trailer.byteLength < 8) throw new Malformed(this.#place, 'the trailer is cut short', offset);
    const view = new DataView(trailer.buffer, trailer.byteOffset, 8);
    if (view.getUint32(0, true) !== this.#crc || view.getUint32(4, true) !== this.#size % 2 ** 32) {
      this.#reading.find(this.#place, 'content-mismatch', 'checksum or size of the gzip trailer', offset);
      this.fields[`${this.#prefix}trailer`] = `0x${Buffer.from(trailer).toString('hex')}`;
    }
  }
}

/** Reads a gzip file (RFC 1952) to the end of `cursor`: all members, and what comes after them. @throws Malformed, BudgetSpent */
export function readGzip(reading: Reading, place: Place, cursor: Cursor): Promise<Archive> {
  return readStream(reading, place, cursor, 'gzip', new GzipDecoder(reading, place, cursor));
}
