import { createHash, hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ByteSource } from '../byte-source.ts';
import { Cursor } from '../cursor.ts';
import type { ContentFacts, Fields } from '../entry.ts';
import { InflateError, inflateSmall, rawInflate, smallBytesMax } from '../inflate.ts';
import { describeRange } from '../describe-bytes.ts';
import type { Place, Reading } from '../reading.ts';
import type { CentralRecord } from './central.ts';
import { methodName, openStreamMethod } from './methods.ts';

/** Of the general purpose flags, APPNOTE.TXT 4.4.4. */
const encryptedFlags = 0x2041;

/** A place in the file where the stored bytes of a member stand. */
export interface Stored {
  readonly source: ByteSource;
  readonly start: number;
  readonly end: number;
}

interface Decoded {
  readonly cursor: Cursor;
  /** Once the cursor is at its end: where the compressed bytes ended, their digest, and fields of their own headers. */
  finish(): { consumedEnd: number; digest: string; fields?: Fields };
  close(): void;
}

function openDeflate(reading: Reading, place: Place, stored: Stored, sizeMax: number): Decoded {
  const { source, start, end } = stored;
  if (sizeMax <= smallBytesMax && end - start <= smallBytesMax) {
    const compressed = source.read(start, end - start);
    const small = inflateSmall(compressed);
    if (small !== undefined && small.bytes.byteLength <= sizeMax) {
      const digest = hash('sha256', compressed.subarray(0, small.consumed), 'hex');
      let next = small.bytes.byteLength === 0 ? undefined : Uint8Array.from(small.bytes);
      const cursor = new Cursor(() => {
        const bytes = next;
        next = undefined;
        return bytes;
      });
      return {
        cursor,
        finish: () => ({ consumedEnd: start + small.consumed, digest }),
        close: () => {},
      };
    }
  }
  const running = createHash('sha256');
  const inflate = rawInflate(Cursor.over(source, start, end), (bytes) => void running.update(bytes));
  let out = 0;
  let bomb = false;
  const cursor = new Cursor(async () => {
    const bytes = await inflate.pull();
    out += bytes?.byteLength ?? 0;
    const { ratioMax, bombBytesMin } = reading.limits;
    if (!bomb && out >= bombBytesMin && out >= ratioMax * inflate.consumed) {
      bomb = true;
      reading.find(place, 'bomb', `expands more than ${ratioMax} times`, start);
    }
    return bytes;
  });
  return {
    cursor,
    finish: () => ({ consumedEnd: start + inflate.consumed, digest: running.digest('hex') }),
    close: () => inflate.close(),
  };
}

function openStored({ source, start, end }: Stored): Decoded {
  return {
    cursor: Cursor.over(source, start, end),
    finish: () => ({ consumedEnd: end, digest: '' }),
    close: () => {},
  };
}

function openOther(
  reading: Reading,
  place: Place,
  stored: Stored,
  central: CentralRecord,
): Decoded | undefined {
  const { source, start, end } = stored;
  const input = Cursor.over(source, start, end);
  const opened = openStreamMethod(reading, place, input, central);
  if (opened === undefined) return undefined;
  return {
    cursor: opened.cursor,
    finish: () => {
      const running = createHash('sha256');
      const consumedEnd = start + input.position;
      for (let at = start; at < consumedEnd; at += smallBytesMax)
        running.update(source.read(at, Math.min(smallBytesMax, consumedEnd - at)));
      return { consumedEnd, digest: running.digest('hex'), fields: opened.fields() };
    },
    close: () => {},
  };
}

/** Undefined for a method that is not read. */
function open(reading: Reading, place: Place, stored: Stored, central: CentralRecord): Decoded | undefined {
  if (central.method === 0) return openStored(stored);
  if (central.method === 8) return openDeflate(reading, place, stored, central.size);
  return openOther(reading, place, stored, central);
}

async function readStoredBytes(
  reading: Reading,
  place: Place,
  stored: Stored,
): Promise<{ content: ContentFacts }> {
  const cursor = Cursor.over(stored.source, stored.start, stored.end);
  return { content: await reading.readContent(place, cursor, { opaque: true }) };
}

/**
 * A small member, decoded without waiting. Undefined, and nothing done, where it is not just what its record says, or an
 * archive that is to be opened: `decodeMember` then tells.
 */
export function decodeNow(
  reading: Reading,
  place: Place,
  { source, start, end }: Stored,
  { method, size, flags, crc }: CentralRecord,
): { content: ContentFacts; compressed?: string } | undefined {
  const length = end - start;
  const small = Math.max(length, size) <= smallBytesMax && (flags & encryptedFlags) === 0;
  if (!small || (method !== 0 && method !== 8)) return undefined;
  const packed = source.read(start, length);
  const decoded = method === 0 ? { bytes: packed, consumed: packed.byteLength } : inflateSmall(packed);
  if (decoded === undefined || decoded.consumed !== length || decoded.bytes.byteLength !== size)
    return undefined;
  if (crc32(decoded.bytes) !== crc || reading.opens(place, decoded.bytes)) return undefined;
  const content = reading.digestContent(place, decoded.bytes);
  if (method === 0 || !reading.purpose.digest) return { content };
  return { content, compressed: packedText(length, hash('sha256', packed, 'hex')) };
}

/** Joined to one flat text: a template keeps its parts. */
function packedText(sizeBytes: number, sha256: string): string {
  return [sizeBytes, ' bytes, sha256 ', sha256].join('');
}

/** Decodes a member and checks it against its record. `fields` gets what is not as it should be. */
export async function decodeMember(
  reading: Reading,
  place: Place,
  stored: Stored,
  central: CentralRecord,
  fields: Fields,
): Promise<{ content: ContentFacts; compressed?: string }> {
  if ((central.flags & encryptedFlags) !== 0) {
    reading.find(place, 'encrypted-entry', 'the content is encrypted', stored.start);
    fields['stored'] = 'encrypted';
    return readStoredBytes(reading, place, stored);
  }
  const decoded = open(reading, place, stored, central);
  if (decoded === undefined) {
    reading.find(place, 'undecodable-content', `compression method ${central.method}`, stored.start);
    fields['stored'] = `method ${central.method}`;
    return readStoredBytes(reading, place, stored);
  }
  let crc = 0;
  const checked = new Cursor(
    () => decoded.cursor.takeSome(Number.POSITIVE_INFINITY),
    (bytes) => {
      crc = crc32(bytes, crc);
    },
  );
  let content: ContentFacts;
  try {
    content = await reading.readContent(place, checked);
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    reading.find(
      place,
      'undecodable-content',
      `the ${methodName(central.method)} stream breaks off: ${error.message}`,
      stored.start,
    );
    fields['stored'] = 'undecodable';
    return readStoredBytes(reading, place, stored);
  } finally {
    decoded.close();
  }
  const { consumedEnd, digest, fields: streamFields } = decoded.finish();
  Object.assign(fields, streamFields);
  if (content.size !== central.size || crc !== central.crc) {
    const said = `${central.size} bytes, crc 0x${central.crc.toString(16)}`;
    reading.find(place, 'content-mismatch', `the record says ${said}`, stored.start);
    fields['declared'] = said;
  }
  if (consumedEnd < stored.end) {
    reading.find(
      place,
      'bytes-between',
      `${stored.end - consumedEnd} bytes behind the compressed data`,
      consumedEnd,
    );
    fields['data_tail'] = await describeRange(stored.source, consumedEnd, stored.end);
  }
  if (central.method === 0) return { content };
  return { content, compressed: packedText(consumedEnd - stored.start, digest) };
}
