import { Cursor } from './cursor.ts';
import { describeRest } from './describe-bytes.ts';
import type { Archive, Fields, StreamFormat } from './entry.ts';
import type { Place, Reading } from './reading.ts';

/** Decodes a stream format: its content piece by piece, and the account of its headers, complete at the end. */
export interface StreamDecoder {
  readonly fields: Fields;
  /** Whether decoding costs so much that it should not be done twice. */
  readonly slow?: boolean;
  /** The next decoded bytes; undefined at the end. @throws Malformed */
  pull(): Promise<Uint8Array | undefined>;
}

/** Reads a stream to the end of `cursor`: its one content, and what comes after. @throws Malformed, BudgetSpent */
export async function readStream(
  reading: Reading,
  place: Place,
  cursor: Cursor,
  format: StreamFormat,
  decoder: StreamDecoder,
): Promise<Archive> {
  const { fields } = decoder;
  const own = {
    path: place.path,
    id: place.id === '' ? '0' : `${place.id}.0`,
    depth: place.depth + 1,
  };
  const entry = { id: own.id, name: '', key: '', type: 'file' as const, fields: {}, offset: 0 };
  const { decoded } = reading.purpose;
  const known = decoded?.get(place.id);
  if (known !== undefined) {
    // A reading before this one has told all that is to be told of the stream itself.
    const pieces = known.values();
    const content = await reading.readContent(own, new Cursor(() => pieces.next().value));
    return { format, fields, entries: [{ ...entry, content }] };
  }
  const pull = () => decoder.pull();
  const kept = decoder.slow === true && decoded !== undefined ? decoded.keep(place.id, pull) : pull;
  const content = await reading.readContent(own, new Cursor(kept));
  const offset = cursor.position;
  const rest = await describeRest(cursor);
  if (rest.size > 0) {
    reading.find(place, 'bytes-after', `${rest.size} ${rest.allZero ? 'zero ' : ''}bytes`, offset);
    fields[`${format}_after`] = rest.text;
  }
  return { format, fields, entries: [{ ...entry, content }] };
}
