import type { Cursor } from '../cursor.ts';
import { describeRest, isZero } from '../describe-bytes.ts';
import type { Fields } from '../entry.ts';
import type { Place, Reading } from '../reading.ts';
import { headerChecksumHolds, tarBlockBytes } from './header.ts';

/** Reads what stands after the last member: zero blocks, their padding, and whatever should not be there. */
export async function readTarEnd(reading: Reading, place: Place, cursor: Cursor): Promise<Fields> {
  const start = cursor.position;
  let zeroBlocks = 0;
  for (;;) {
    const block = await cursor.peek(tarBlockBytes);
    if (block.byteLength === 0 || !isZero(block)) break;
    cursor.advance(block.byteLength);
    if (block.byteLength < tarBlockBytes) break;
    zeroBlocks += 1;
  }
  const fields: Fields = { end_padding: `${cursor.position - start} bytes` };
  if (zeroBlocks < 2) {
    reading.find(place, 'missing-end', `${zeroBlocks} zero blocks at the end instead of two`, start);
  }
  const offset = cursor.position;
  const next = await cursor.peek(tarBlockBytes);
  if (next.byteLength === 0) return fields;
  const another = next.byteLength === tarBlockBytes && headerChecksumHolds(next);
  const rest = await describeRest(cursor);
  reading.find(place, another ? 'second-archive' : 'bytes-after', `${rest.size} bytes after the end`, offset);
  fields['after_end'] = rest.text;
  return fields;
}
