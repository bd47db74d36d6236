import { Bzip2Decoder } from '../bzip2/read-bzip2.ts';
import { Cursor } from '../cursor.ts';
import type { Fields } from '../entry.ts';
import { InflateError } from '../inflate.ts';
import { Malformed } from '../malformed.ts';
import type { StreamDecoder } from '../read-stream.ts';
import type { Place, Reading } from '../reading.ts';
import { XzDecoder } from '../xz/read-xz.ts';
import { ZstdDecoder } from '../zstd/read-zstd.ts';
import { Deflate64Decoder } from './deflate64.ts';
import { ZipLzmaDecoder } from './lzma.ts';

/** What the record says of a member that its decoder needs. */
export interface MethodRecord {
  readonly method: number;
  readonly flags: number;
  readonly size: number;
}

type OpenDecoder = (reading: Reading, place: Place, cursor: Cursor, record: MethodRecord) => StreamDecoder;

/** Methods that Node.js has no engine for, or whose data is a stream format of its own, APPNOTE.TXT 4.4.5. */
const streamMethods: ReadonlyMap<number, readonly [name: string, open: OpenDecoder]> = new Map<
  number,
  readonly [string, OpenDecoder]
>([
  [9, ['deflate64', (reading, place, cursor) => new Deflate64Decoder(reading, place, cursor)]],
  [12, ['bzip2', (reading, place, cursor) => new Bzip2Decoder(reading, place, cursor)]],
  [14, ['lzma', (reading, place, cursor, record) => new ZipLzmaDecoder(reading, place, cursor, record)]],
  [93, ['zstd', (reading, place, cursor) => new ZstdDecoder(reading, place, cursor)]],
  [95, ['xz', (reading, place, cursor) => new XzDecoder(reading, place, cursor)]],
]);

/** What a compression method that is read is called; undefined for one that is not. */
export function methodName(method: number): string | undefined {
  return method === 0 ? 'stored' : method === 8 ? 'deflate' : streamMethods.get(method)?.[0];
}

/** Digests of the compressed bytes: these are in `Entry.compressed`. */
const digestField = /_(?:blocks|frame)$/;

/** Decodes a member of another method than stored and deflate. What is told of its headers is in `fields()` once it was read. */
export function openStreamMethod(
  reading: Reading,
  place: Place,
  input: Cursor,
  record: MethodRecord,
): { cursor: Cursor; fields(): Fields } | undefined {
  const known = streamMethods.get(record.method);
  if (known === undefined) return undefined;
  // A place of its own: an archive in the member must not take the stream's faults for its own.
  const own = { ...place };
  const decoder = known[1](reading, own, input, record);
  const cursor = new Cursor(async () => {
    try {
      return await decoder.pull();
    } catch (error) {
      if (!(error instanceof Malformed) || error.place !== own) throw error;
      throw new InflateError(error.message);
    }
  });
  return {
    cursor,
    fields: () =>
      Object.fromEntries(Object.entries(decoder.fields).filter(([name]) => !digestField.test(name))),
  };
}
