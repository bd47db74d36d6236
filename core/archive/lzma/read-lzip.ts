import { crc32 } from 'node:zlib';
import type { Cursor } from '../cursor.ts';
import { describeBytes, PassingBytes } from '../describe-bytes.ts';
import type { Archive, Fields } from '../entry.ts';
import { InflateError } from '../inflate.ts';
import { Malformed } from '../malformed.ts';
import { RatioWatch } from '../ratio-watch.ts';
import { readStream, type StreamDecoder } from '../read-stream.ts';
import type { Place, Reading } from '../reading.ts';
import { lzipMagic } from './lzip-magic.ts';
import { Lzma1Decoder } from './lzma1.ts';

const headerBytes = 6;
const trailerBytes = 20;
/** lc 3, lp 0, pb 2: no others are possible. */
const properties = 0x5d;
/** Members listed in fields by themselves; a bomb of empty members is cut off here. */
const membersMax = 64;

/** A member that is being decoded. */
interface OpenMember {
  readonly start: number;
  readonly lzma: Lzma1Decoder;
  readonly stored: PassingBytes;
  size: number;
  crc: number;
}

/** Decodes lzip members (version 1) one after the other as one stream, as lzip does, and keeps the account of their headers. */
class LzipDecoder implements StreamDecoder {
  readonly fields: Fields = {};
  readonly slow = true;
  readonly #reading: Reading;
  readonly #place: Place;
  readonly #cursor: Cursor;
  readonly #watch: RatioWatch;
  #members = 0;
  #member: OpenMember | undefined;

  constructor(reading: Reading, place: Place, cursor: Cursor) {
    this.#reading = reading;
    this.#place = place;
    this.#cursor = cursor;
    this.#watch = new RatioWatch(reading, place);
  }

  get #prefix(): string {
    return this.#members === 1 ? 'lzip_' : `lzip${this.#members}_`;
  }

  async pull(): Promise<Uint8Array | undefined> {
    for (;;) {
      this.#member ??= await this.#begin();
      if (this.#member === undefined) return undefined;
      const bytes = await this.#decode(this.#member);
      if (bytes !== undefined) return bytes;
      await this.#end(this.#member);
      this.#member = undefined;
    }
  }

  /** Undefined where no member follows. */
  async #begin(): Promise<OpenMember | undefined> {
    const start = this.#cursor.position;
    if (!lzipMagic.equals(await this.#cursor.peek(lzipMagic.byteLength))) return undefined;
    this.#members += 1;
    if (this.#members > membersMax) this.#broken(`more than ${membersMax} members`);
    if (this.#members > 1)
      this.#reading.find(this.#place, 'second-member', `member ${this.#members} begins here`, start);
    this.#watch.beginPart();
    const stored = new PassingBytes();
    const header = await this.#take(headerBytes, stored);
    const [version, coded = 0] = header.subarray(4);
    if (version !== 1) this.#broken(`its version is ${version}, and only 1 is read`, start);
    const base = 2 ** (coded & 0x1f);
    const dictionaryBytes = base - (base / 16) * (coded >> 5);
    if (dictionaryBytes < 2 ** 12 || dictionaryBytes > 2 ** 29)
      this.#broken('the dictionary has an unknown size', start);
    this.fields[`${this.#prefix}header`] = describeBytes(header.subarray(4));
    const onTaken = (bytes: Uint8Array): void => this.#note(bytes, stored);
    const lzma = new Lzma1Decoder(this.#cursor, { properties, dictionaryBytes, size: undefined, onTaken });
    return { start, lzma, stored, size: 0, crc: 0 };
  }

  async #decode(member: OpenMember): Promise<Uint8Array | undefined> {
    try {
      const bytes = await member.lzma.pull();
      if (bytes === undefined) return undefined;
      member.size += bytes.byteLength;
      member.crc = crc32(bytes, member.crc);
      this.#watch.decoded(bytes.byteLength);
      return bytes;
    } catch (error) {
      if (!(error instanceof InflateError)) throw error;
      return this.#broken(`a member breaks off: ${error.message}`);
    }
  }

  async #end({ start, stored, size, crc }: OpenMember): Promise<void> {
    const offset = this.#cursor.position;
    const trailer = await this.#take(trailerBytes, stored);
    const wholeBytes = this.#cursor.position - start;
    if (trailer.readBigUInt64LE(4) !== BigInt(size))
      this.#broken('a member has another size than it says', offset);
    if (trailer.readBigUInt64LE(12) !== BigInt(wholeBytes))
      this.#broken('a member has another compressed size than it says', offset);
    if (trailer.readUInt32LE(0) !== crc) {
      const text = `member ${this.#members}`;
      this.#reading.find(this.#place, 'content-mismatch', `the checksum of ${text}`, offset);
      this.fields[`${this.#prefix}check`] = describeBytes(trailer.subarray(0, 4));
    }
    this.fields[`${this.#prefix}blocks`] = stored.describe();
  }

  /** Exactly `length` bytes, copied. @throws Malformed */
  async #take(length: number, stored: PassingBytes): Promise<Buffer> {
    const bytes = Buffer.from(await this.#cursor.peek(length));
    if (bytes.byteLength < length) this.#broken('it ends inside a member');
    this.#note(bytes, stored);
    this.#cursor.advance(length);
    return bytes;
  }

  #note(bytes: Uint8Array, stored: PassingBytes): void {
    stored.add(bytes);
    this.#watch.taken(bytes.byteLength);
  }

  #broken(message: string, offset = this.#cursor.position): never {
    throw new Malformed(this.#place, message, offset);
  }
}

/** Reads lzip members to the end of `cursor`, and what comes after them. @throws Malformed, BudgetSpent */
export function readLzip(reading: Reading, place: Place, cursor: Cursor): Promise<Archive> {
  return readStream(reading, place, cursor, 'lzip', new LzipDecoder(reading, place, cursor));
}
