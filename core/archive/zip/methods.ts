import { Bzip2Decoder } from '../bzip2/read-bzip2.ts';
import { Cursor } from '../cursor.ts';
import type { Fields } from '../entry.ts';
import { InflateError } from '../inflate.ts';
import { Malformed } from '../malformed.ts';
import type { StreamDecoder } from '../read-stream.ts';
import type { Place, Reading } from '../reading.ts';
import { XzDecoder } from '../xz/read-xz.ts';
import { ZstdDecoder } from '../zstd/read-zstd.ts';

type MakeDecoder = new (reading: Reading, place: Place, cursor: Cursor) => StreamDecoder;

/** Methods whose data is a stream format of its own, APPNOTE.TXT 4.4.5. */
const streamMethods: ReadonlyMap<number, readonly [name: string, MakeDecoder]> = new Map([
  [12, ['bzip2', Bzip2Decoder]],
  [93, ['zstd', ZstdDecoder]],
  [95, ['xz', XzDecoder]],
]);

/** What a compression method that is read is called; undefined for one that is not. */
export function methodName(method: number): string | undefined {
  return method === 0 ? 'stored' : method === 8 ? 'deflate' : streamMethods.get(method)?.[0];
}

/** Digests of the compressed bytes: these are in `Entry.compressed`. */
const digestField = /_(?:blocks|frame)$/;

/** Decodes a member whose data is a stream format. What is told of its headers is in `fields()` once it was read. */
export function openStreamMethod(
  reading: Reading,
  place: Place,
  input: Cursor,
  method: number,
): { cursor: Cursor; fields(): Fields } | undefined {
  const known = streamMethods.get(method);
  if (known === undefined) return undefined;
  // A place of its own: an archive in the member must not take the stream's faults for its own.
  const own = { ...place };
  const decoder = new known[1](reading, own, input);
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
