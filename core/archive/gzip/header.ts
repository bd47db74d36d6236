import { crc32 } from 'node:zlib';
import type { Cursor } from '../cursor.ts';
import { Malformed } from '../malformed.ts';
import type { Place } from '../reading.ts';

/** A gzip member's header, RFC 1952 section 2.3. */
export interface GzipHeader {
  readonly flags: number;
  readonly mtime: number;
  readonly xfl: number;
  readonly os: number;
  readonly extra?: Uint8Array;
  readonly name?: Uint8Array;
  readonly comment?: Uint8Array;
  readonly headerCrc?: number;
  readonly headerCrcHolds: boolean;
}

const flag = { headerCrc: 2, extra: 4, name: 8, comment: 16 };

/** Reads a gzip header and stands behind it. @throws Malformed */
export async function readGzipHeader(place: Place, cursor: Cursor, bytesMax: number): Promise<GzipHeader> {
  const start = cursor.position;
  const parts: Uint8Array[] = [];
  const take = async (length: number): Promise<DataView> => {
    const bytes = await cursor.take(length);
    if (bytes.byteLength < length) throw new Malformed(place, 'the header ends early', start);
    parts.push(bytes);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  const takeText = async (): Promise<Uint8Array> => {
    const text: number[] = [];
    for (;;) {
      const byte = (await take(1)).getUint8(0);
      if (byte === 0) return Uint8Array.from(text);
      if (text.push(byte) > bytesMax) throw new Malformed(place, 'a header text is too long', start);
    }
  };
  const fixed = await take(10);
  if (fixed.getUint16(0) !== 0x1f8b) throw new Malformed(place, 'not a gzip header', start);
  if (fixed.getUint8(2) !== 8)
    throw new Malformed(place, `compression method ${fixed.getUint8(2)} is unknown`, start);
  const flags = fixed.getUint8(3);
  if ((flags & 0xe0) !== 0) throw new Malformed(place, 'reserved header flags are set', start);
  const extraView = (flags & flag.extra) === 0 ? undefined : await take((await take(2)).getUint16(0, true));
  const name = (flags & flag.name) === 0 ? undefined : await takeText();
  const comment = (flags & flag.comment) === 0 ? undefined : await takeText();
  const crc = parts.reduce((sum, bytes) => crc32(bytes, sum), 0) & 0xffff;
  const headerCrc = (flags & flag.headerCrc) === 0 ? undefined : (await take(2)).getUint16(0, true);
  return {
    flags,
    mtime: fixed.getUint32(4, true),
    xfl: fixed.getUint8(8),
    os: fixed.getUint8(9),
    ...(extraView === undefined
      ? {}
      : { extra: new Uint8Array(extraView.buffer, extraView.byteOffset, extraView.byteLength) }),
    ...(name === undefined ? {} : { name }),
    ...(comment === undefined ? {} : { comment }),
    ...(headerCrc === undefined ? {} : { headerCrc }),
    headerCrcHolds: headerCrc === undefined || headerCrc === crc,
  };
}

/** Operating systems of RFC 1952; the same bytes name the writer: 3 is GNU gzip and zlib on Unix, 255 Python, 10 npm on Windows. */
const systems: Readonly<Record<number, string>> = {
  0: 'FAT',
  3: 'Unix',
  7: 'Macintosh',
  10: 'TOPS-20',
  11: 'NTFS',
  19: 'macOS',
  255: 'unknown',
};

/** The header's fields as text, each name with `prefix` (`gzip_`, for a second member `gzip2_`). */
export function gzipFields(header: GzipHeader, prefix: string): Record<string, string> {
  const text = (bytes: Uint8Array) => JSON.stringify(Buffer.from(bytes).toString('latin1'));
  return {
    [`${prefix}mtime`]: new Date(header.mtime * 1000).toISOString().replace('.000Z', 'Z'),
    [`${prefix}flags`]: `0x${header.flags.toString(16).padStart(2, '0')}`,
    [`${prefix}xfl`]: String(header.xfl),
    [`${prefix}os`]: `${header.os} (${systems[header.os] ?? 'other'})`,
    ...(header.extra === undefined
      ? {}
      : { [`${prefix}extra`]: `0x${Buffer.from(header.extra).toString('hex')}` }),
    ...(header.name === undefined ? {} : { [`${prefix}name`]: text(header.name) }),
    ...(header.comment === undefined ? {} : { [`${prefix}comment`]: text(header.comment) }),
    ...(header.headerCrcHolds
      ? {}
      : { [`${prefix}header_crc`]: `0x${(header.headerCrc ?? 0).toString(16)}` }),
  };
}
