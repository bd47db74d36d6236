import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { filterOf, type XzFilter } from './filters/filters.ts';
import type { XzInput } from './xz-input.ts';

/** FD 37 7A 58 5A 00, section 2.1.1.1 of the .xz file format 1.2. */
export const xzMagic = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]);
export const streamHeaderBytes = 12;

const lzma2Id = 0x21;
/** What a block's header says, section 3.1. */
export interface BlockHeader {
  readonly sizeBytes: number;
  /** Filters before LZMA2, whether it tells sizes, and the property of LZMA2: what is not of the content. */
  readonly form: string;
  /** In the order in which they were applied; LZMA2, the last, is not among them. */
  readonly filters: readonly XzFilter[];
  readonly compressedSize: number | undefined;
  readonly uncompressedSize: number | undefined;
  readonly dictionaryBytes: number;
}

/** Sizes of a block as the index has them, section 4.3. */
export interface BlockSizes {
  readonly unpadded: number;
  readonly uncompressed: number;
}

function checkCrc(input: XzInput, bytes: Buffer, stored: number, what: string): void {
  if (crc32(bytes) !== stored) input.broken(`the checksum of ${what} is wrong`);
}

/** Reads a stream header and answers its two bytes of flags. @throws Malformed */
export async function readStreamHeader(input: XzInput): Promise<Buffer> {
  const bytes = await input.take(streamHeaderBytes);
  const flags = Buffer.from(bytes.subarray(6, 8));
  checkCrc(input, flags, bytes.readUInt32LE(8), 'the stream header');
  if (flags[0] !== 0 || (flags[1] ?? 0) > 15) input.broken('a reserved flag of the stream is set');
  return flags;
}

/** Numbers of one to nine bytes, section 1.2, one after the other in a header. */
class HeaderBytes {
  #at = 0;
  readonly #input: XzInput;
  readonly #bytes: Buffer;

  constructor(input: XzInput, bytes: Buffer) {
    this.#input = input;
    this.#bytes = bytes;
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? this.#input.broken('a block header is cut short');
  }

  bytes(length: number): Buffer {
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    if (bytes.byteLength < length) this.#input.broken('a block header is cut short');
    this.#at += length;
    return bytes;
  }

  number(): number {
    const number = new VariableNumber(this.#input);
    while (!number.add(this.byte()));
    return number.value;
  }

  restIsZero(): boolean {
    return this.#bytes.subarray(this.#at).every((byte) => byte === 0);
  }
}

/** A number of seven bits a byte, the lowest first. */
class VariableNumber {
  value = 0;
  #bytes = 0;
  readonly #input: XzInput;

  constructor(input: XzInput) {
    this.#input = input;
  }

  /** Whether this byte was its last. @throws Malformed */
  add(byte: number): boolean {
    this.value += (byte & 0x7f) * 2 ** (7 * this.#bytes);
    this.#bytes += 1;
    if (byte === 0 && this.#bytes > 1) this.#input.broken('a number is spelled longer than it needs');
    if (!Number.isSafeInteger(this.value) || this.#bytes > 9) this.#input.broken('a number is too large');
    return byte < 0x80;
  }
}

/** Reads a block's header. @throws Malformed */
export async function readBlockHeader(input: XzInput): Promise<BlockHeader> {
  const sizeBytes = ((await input.peekByte()) + 1) * 4;
  const bytes = await input.take(sizeBytes);
  const body = bytes.subarray(0, sizeBytes - 4);
  checkCrc(input, body, bytes.readUInt32LE(sizeBytes - 4), 'a block header');
  const rest = new HeaderBytes(input, body.subarray(1));
  const flags = rest.byte();
  if ((flags & 0x3c) !== 0) input.broken('a reserved flag of a block is set');
  const compressedSize = (flags & 0x40) === 0 ? undefined : rest.number();
  const uncompressedSize = (flags & 0x80) === 0 ? undefined : rest.number();
  const filters = readFilters(input, rest, flags & 3);
  if (rest.number() !== 1) input.broken('the properties of LZMA2 are not one byte');
  const property = rest.byte();
  if (!rest.restIsZero()) input.broken('the padding of a block header is not zero');
  return {
    sizeBytes,
    form: [...filters.map(({ form }) => form), `0x${Buffer.from([flags, property]).toString('hex')}`].join(
      '+',
    ),
    filters,
    compressedSize,
    uncompressedSize,
    dictionaryBytes: dictionaryOf(input, property),
  };
}

/** Reads `count` filters, and the number of LZMA2 behind them. */
function readFilters(input: XzInput, rest: HeaderBytes, count: number): XzFilter[] {
  const filters: XzFilter[] = [];
  while (filters.length < count) {
    const id = rest.number();
    if (id === lzma2Id) input.broken('a filter follows LZMA2');
    const filter = filterOf(id, rest.bytes(rest.number()));
    if (typeof filter === 'string') input.broken(filter);
    filters.push(filter);
  }
  const last = rest.number();
  if (last !== lzma2Id) input.broken(`its last filter is 0x${last.toString(16)}, and not LZMA2`);
  return filters;
}

/** Section 5.3.1. */
function dictionaryOf(input: XzInput, property: number): number {
  if (property > 40) input.broken('the dictionary of LZMA2 has an unknown size');
  return property === 40 ? 2 ** 32 - 1 : (2 | (property & 1)) * 2 ** ((property >> 1) + 11);
}

/** The blocks of a stream in the order they come, as count and digest: of bounded size, however many there are. */
export class BlockList {
  count = 0;
  readonly #hash: Hash = createHash('sha256');

  add({ unpadded, uncompressed }: BlockSizes): void {
    this.count += 1;
    this.#hash.update(`${unpadded} ${uncompressed}\n`);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

/** Reads the index and the footer, which have to agree with the blocks that were read. @throws Malformed */
export async function readIndexAndFooter(input: XzInput, flags: Buffer, blocks: BlockList): Promise<void> {
  const start = input.position;
  let crc = 0;
  const takeByte = async (): Promise<number> => {
    const bytes = await input.take(1);
    crc = crc32(bytes, crc);
    return bytes[0] ?? 0;
  };
  const takeNumber = async (): Promise<number> => {
    const number = new VariableNumber(input);
    while (!number.add(await takeByte()));
    return number.value;
  };
  await takeByte();
  if ((await takeNumber()) !== blocks.count) input.broken('the index has another number of blocks');
  const listed = new BlockList();
  while (listed.count < blocks.count) {
    listed.add({ unpadded: await takeNumber(), uncompressed: await takeNumber() });
  }
  if (listed.digest() !== blocks.digest()) input.broken('the index tells other sizes than the blocks have');
  crc = crc32(await input.takePadding(input.position - start, 'the index'), crc);
  const stored = (await input.take(4)).readUInt32LE(0);
  if (stored !== crc) input.broken('the checksum of the index is wrong');
  const indexBytes = input.position - start;
  const footer = await input.take(12);
  checkCrc(input, footer.subarray(4, 10), footer.readUInt32LE(0), 'the stream footer');
  if ((footer.readUInt32LE(4) + 1) * 4 !== indexBytes) input.broken('the footer tells another index size');
  if (!footer.subarray(8, 10).equals(flags)) input.broken('header and footer of the stream disagree');
  if (footer.toString('latin1', 10) !== 'YZ') input.broken('the stream does not end as it should');
}
