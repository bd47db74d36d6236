import type { ByteSource } from '#core/archive/byte-source.ts';
import type { Entry } from '#core/archive/entry.ts';
import type { Delta } from './delta.ts';

/** As much of a compressed stream as is looked at. */
const packedBytesMax = 131_072;
const deflate = 8;

/** Begins of two deflate streams that hold the same content. */
export interface PackedBytes {
  readonly a: Uint8Array;
  readonly b: Uint8Array;
}

/** Behind a local header, APPNOTE.TXT 4.3.7. */
function inZip(source: ByteSource, offset: number): Uint8Array | undefined {
  const header = Buffer.from(source.read(offset, 30));
  if (header.byteLength < 30 || header.readUInt32LE(0) !== 0x04034b50 || header.readUInt16LE(8) !== deflate)
    return undefined;
  return source.read(offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28), packedBytesMax);
}

const flag = { headerCrc: 2, extra: 4, name: 8, comment: 16 };

/** Behind the header of the first member, RFC 1952 section 2.3. */
function inGzip(source: ByteSource): Uint8Array | undefined {
  const head = Buffer.from(source.read(0, packedBytesMax));
  const flags = head[3] ?? 0;
  let at = 10;
  if (head.byteLength < at + 2 || head.readUInt16BE(0) !== 0x1f8b) return undefined;
  if ((flags & flag.extra) !== 0) at += 2 + head.readUInt16LE(at);
  for (const text of [flag.name, flag.comment]) {
    if ((flags & text) === 0) continue;
    const end = head.indexOf(0, at);
    if (end === -1) return undefined;
    at = end + 1;
  }
  if ((flags & flag.headerCrc) !== 0) at += 2;
  return at >= head.byteLength ? undefined : source.read(at, packedBytesMax);
}

function packedIn(
  source: ByteSource,
  { field, format, path }: Delta,
  entry: Entry | undefined,
): Uint8Array | undefined {
  if (format === 'gzip' && field === 'gzip_deflate' && path.length === 0) return inGzip(source);
  const isMember = format === 'zip' && field === 'compressed' && path.length === 1;
  return isMember && entry !== undefined ? inZip(source, entry.offset) : undefined;
}

/**
 * The beginnings of the streams of a difference in compression, of a member of the outermost zip or of the outermost
 * gzip; undefined for any other. Read when asked for: those who ask bound how often.
 */
export function packedBytes(a: ByteSource, b: ByteSource, delta: Delta): PackedBytes | undefined {
  if (delta.kind !== 'metadata') return undefined;
  const [one, other] = [packedIn(a, delta, delta.entryA), packedIn(b, delta, delta.entryB)];
  return one === undefined || other === undefined ? undefined : { a: one, b: other };
}
