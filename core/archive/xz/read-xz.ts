import type { Cursor } from '../cursor.ts';
import { isZero, PassingBytes } from '../describe-bytes.ts';
import type { Archive, Fields } from '../entry.ts';
import { InflateError } from '../inflate.ts';
import { Malformed } from '../malformed.ts';
import { RatioWatch } from '../ratio-watch.ts';
import { readStream, type StreamDecoder } from '../read-stream.ts';
import type { Place, Reading } from '../reading.ts';
import { startCheck, type BlockCheck } from './check.ts';
import {
  BlockList,
  readBlockHeader,
  readIndexAndFooter,
  readStreamHeader,
  xzMagic,
  type BlockHeader,
} from './container.ts';
import { FilterChain } from './filters/filter-chain.ts';
import { Lzma2Decoder } from './lzma2.ts';
import { XzInput } from './xz-input.ts';

/** Streams listed in fields by themselves; a bomb of empty streams is cut off here. */
const streamsMax = 64;
const paddingChunkBytes = 65_536;

/** A block that is being decoded. */
interface OpenBlock {
  readonly header: BlockHeader;
  readonly start: number;
  readonly decoder: { pull(): Promise<Uint8Array | undefined> };
  readonly check: BlockCheck;
  uncompressed: number;
}

/** A stream that is being decoded. */
interface OpenStream {
  readonly flags: Buffer;
  readonly blocks: BlockList;
  readonly forms: Set<string>;
}

/** Decodes xz streams one after the other as one, as xz does, and keeps the account of their headers. */
export class XzDecoder implements StreamDecoder {
  readonly fields: Fields = {};
  readonly slow = true;
  readonly #reading: Reading;
  readonly #place: Place;
  readonly #cursor: Cursor;
  readonly #input: XzInput;
  readonly #watch: RatioWatch;
  #stored = new PassingBytes();
  #streams = 0;
  #stream: OpenStream | undefined;
  #block: OpenBlock | undefined;

  constructor(reading: Reading, place: Place, cursor: Cursor) {
    this.#reading = reading;
    this.#place = place;
    this.#cursor = cursor;
    this.#watch = new RatioWatch(reading, place);
    this.#input = new XzInput(place, cursor, (bytes) => {
      this.#stored.add(bytes);
      this.#watch.taken(bytes.byteLength);
    });
  }

  get #prefix(): string {
    return this.#streams === 1 ? 'xz_' : `xz${this.#streams}_`;
  }

  async pull(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#stream === undefined && !(await this.#beginStream())) return undefined;
      if (this.#block === undefined && !(await this.#beginBlock())) {
        await this.#endStream();
        continue;
      }
      const bytes = await this.#decode();
      if (bytes !== undefined) return bytes;
      await this.#endBlock();
    }
  }

  /** False where no stream follows. */
  async #beginStream(): Promise<boolean> {
    const offset = this.#input.position;
    if (!xzMagic.equals(await this.#cursor.peek(xzMagic.byteLength))) return false;
    this.#streams += 1;
    if (this.#streams > streamsMax) this.#input.broken(`more than ${streamsMax} streams`);
    if (this.#streams > 1)
      this.#reading.find(this.#place, 'second-member', `stream ${this.#streams} begins here`, offset);
    this.#stored = new PassingBytes();
    this.#watch.beginPart();
    const flags = await readStreamHeader(this.#input);
    this.fields[`${this.#prefix}header`] = `0x${flags.toString('hex')}`;
    this.#stream = { flags, blocks: new BlockList(), forms: new Set() };
    return true;
  }

  /** False where the index follows. */
  async #beginBlock(): Promise<boolean> {
    if ((await this.#input.peekByte()) === 0) return false;
    const start = this.#input.position;
    const header = await readBlockHeader(this.#input);
    const kind = this.#stream?.flags[1] ?? 0;
    this.#stream?.forms.add(header.form);
    const lzma2 = new Lzma2Decoder(this.#input, header.dictionaryBytes);
    this.#block = {
      header,
      start,
      decoder: header.filters.length === 0 ? lzma2 : new FilterChain(header.filters, () => lzma2.pull()),
      check: startCheck(kind) ?? this.#input.broken(`its check is of an unknown kind, ${kind}`),
      uncompressed: 0,
    };
    return true;
  }

  async #decode(): Promise<Uint8Array | undefined> {
    try {
      const bytes = await this.#block?.decoder.pull();
      if (bytes === undefined || this.#block === undefined) return undefined;
      this.#block.uncompressed += bytes.byteLength;
      this.#block.check.update(bytes);
      this.#watch.decoded(bytes.byteLength);
      return bytes;
    } catch (error) {
      if (!(error instanceof InflateError)) throw error;
      throw new Malformed(this.#place, `a block breaks off: ${error.message}`, this.#input.position);
    }
  }

  async #endBlock(): Promise<void> {
    const [block, stream] = [this.#block, this.#stream];
    if (block === undefined || stream === undefined) return;
    this.#block = undefined;
    const { header, start, uncompressed } = block;
    const size = this.#input.position - start;
    if ((header.compressedSize ?? size - header.sizeBytes) !== size - header.sizeBytes)
      this.#input.broken('a block has another compressed size than its header says');
    if ((header.uncompressedSize ?? uncompressed) !== uncompressed)
      this.#input.broken('a block has another size than its header says');
    await this.#input.takePadding(size, 'a block');
    const computed = block.check.digest();
    const offset = this.#input.position;
    const stored = await this.#input.take(computed.byteLength);
    stream.blocks.add({ unpadded: size + computed.byteLength, uncompressed });
    if (stored.equals(computed)) return;
    const text = `block ${stream.blocks.count}`;
    this.#reading.find(this.#place, 'content-mismatch', `the check of ${text}`, offset);
    this.fields[`${this.#prefix}check`] ??= `0x${stored.toString('hex')} of ${text}`;
  }

  async #endStream(): Promise<void> {
    if (this.#stream === undefined) return;
    const { flags, blocks, forms } = this.#stream;
    this.#stream = undefined;
    await readIndexAndFooter(this.#input, flags, blocks);
    this.fields[`${this.#prefix}filters`] = [...forms].join(' ');
    this.fields[`${this.#prefix}blocks`] = this.#stored.describe();
    const padding = await this.#skipPadding();
    if (padding > 0) this.fields[`${this.#prefix}padding`] = `${padding} zero bytes`;
  }

  /** Stream padding, section 2.2: zero bytes, a multiple of four. Answers how many. */
  async #skipPadding(): Promise<number> {
    const start = this.#cursor.position;
    while ((await this.#cursor.peek(4)).byteLength === 4) {
      const bytes = (await this.#cursor.peekSome(paddingChunkBytes)) ?? new Uint8Array(0);
      const whole = bytes.subarray(0, bytes.byteLength & ~3);
      const zeros = isZero(whole) ? whole.byteLength : whole.findIndex((byte) => byte !== 0) & ~3;
      if (zeros === 0) break;
      this.#cursor.advance(zeros);
      this.#watch.taken(zeros);
    }
    return this.#cursor.position - start;
  }
}

/** Reads xz streams (.xz file format 1.2) to the end of `cursor`, and what comes after them. @throws Malformed, BudgetSpent */
export function readXz(reading: Reading, place: Place, cursor: Cursor): Promise<Archive> {
  return readStream(reading, place, cursor, 'xz', new XzDecoder(reading, place, cursor));
}
