import type { Cursor } from '../cursor.ts';
import { Malformed } from '../malformed.ts';
import type { Place } from '../reading.ts';

/** Largest window that is decoded, 64 MiB: more is memory that an archive may not ask for. */
export const windowLogMax = 26;

/** What a frame's header says, RFC 8878 section 3.1.1.1. */
export interface ZstdHeader {
  readonly bytes: Uint8Array;
  readonly checksum: boolean;
  readonly windowBytes: number;
  /** Size of the content, where the header tells it. */
  readonly contentSize: number | undefined;
  readonly dictionary: number;
}

const frameMagic = 0xfd2fb528;
const sizeBytes = [0, 2, 4, 8];
const dictionaryBytes = [0, 1, 2, 4];

export function isFrame(magic: number): boolean {
  return magic === frameMagic;
}

/** 0x184D2A50 to 0x184D2A5F: bytes that a decoder skips. */
export function isSkippable(magic: number): boolean {
  return (magic & 0xfffffff0) >>> 0 === 0x184d2a50;
}

/** The magic number at the cursor, without moving; undefined where fewer than four bytes are left. */
export async function peekMagic(cursor: Cursor): Promise<number | undefined> {
  const bytes = await cursor.peek(4);
  return bytes.byteLength < 4 ? undefined : Buffer.from(bytes).readUInt32LE(0);
}

/** Exactly `length` bytes, copied. @throws Malformed */
export async function takeExactly(place: Place, cursor: Cursor, length: number): Promise<Buffer> {
  const offset = cursor.position;
  const bytes = await cursor.take(length);
  if (bytes.byteLength < length) throw new Malformed(place, 'it ends inside a frame', offset);
  return Buffer.from(bytes);
}

/** Reads a frame's header, magic number included. @throws Malformed */
export async function readZstdHeader(place: Place, cursor: Cursor): Promise<ZstdHeader> {
  const offset = cursor.position;
  const fixed = await takeExactly(place, cursor, 5);
  const descriptor = fixed[4] ?? 0;
  if ((descriptor & 0x08) !== 0) throw new Malformed(place, 'a reserved bit of the header is set', offset);
  const single = (descriptor & 0x20) !== 0;
  const window = single ? Buffer.alloc(0) : await takeExactly(place, cursor, 1);
  const id = await takeExactly(place, cursor, dictionaryBytes[descriptor & 3] ?? 0);
  const sizeFlag = descriptor >> 6;
  const size = await takeExactly(place, cursor, sizeFlag === 0 && single ? 1 : (sizeBytes[sizeFlag] ?? 0));
  const contentSize =
    size.byteLength === 0 ? undefined : littleEndian(size) + (size.byteLength === 2 ? 256 : 0);
  const windowBytes = single ? (contentSize ?? 0) : windowOf(window[0] ?? 0);
  if (windowBytes > 2 ** windowLogMax)
    throw new Malformed(
      place,
      `it needs a window of ${windowBytes} bytes, more than 2^${windowLogMax}`,
      offset,
    );
  return {
    bytes: Buffer.concat([fixed, window, id, size]),
    checksum: (descriptor & 4) !== 0,
    windowBytes,
    contentSize,
    dictionary: littleEndian(id),
  };
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

/** Size of a block's data and whether it is the last, from its three bytes. @throws Malformed */
export function blockOf(place: Place, head: Buffer, offset: number): { size: number; last: boolean } {
  const value = head.readUIntLE(0, 3);
  const type = (value >> 1) & 3;
  if (type === 3) throw new Malformed(place, 'a block of a reserved type', offset);
  return { size: type === 1 ? 1 : value >> 3, last: (value & 1) === 1 };
}
