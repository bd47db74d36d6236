import type { ByteSource } from '../byte-source.ts';
import { describeRange } from '../describe-bytes.ts';
import type { Fields } from '../entry.ts';
import { decodeName } from '../names.ts';
import { apkSigningBlockEnd } from '../signature-files.ts';
import { bounded, type Place, type Reading } from '../reading.ts';
import { viewOf } from './end-record.ts';

/** Bytes [start, end) that a record owns. */
export interface Region {
  readonly start: number;
  readonly end: number;
  readonly owner: string;
}

const gapsListedMax = 100;

/** The name in a local header at `offset`, where one stands there. */
function localName(source: ByteSource, offset: number, end: number): string | undefined {
  const fixed = source.read(offset, Math.min(30, end - offset));
  if (fixed.byteLength < 30 || viewOf(fixed).getUint32(0, true) !== 0x04034b50) return undefined;
  return decodeName(source.read(offset + 30, viewOf(fixed).getUint16(26, true))).name;
}

/**
 * The account of all bytes: what no region owns, and what two own, becomes findings; the unowned bytes become fields,
 * so that they are compared.
 */
export async function accountForBytes(
  reading: Reading,
  place: Place,
  source: ByteSource,
  regions: readonly Region[],
): Promise<Fields> {
  const sorted = [...regions].sort((a, b) => a.start - b.start || a.end - b.end);
  const gaps: [number, number][] = [];
  let at = 0;
  let last: Region | undefined;
  for (const region of sorted) {
    if (region.start > at) gaps.push([at, region.start]);
    else if (region.start < at && last !== undefined && region.end > region.start) {
      reading.find(place, 'overlapping-records', bounded(`${last.owner} and ${region.owner}`), region.start);
    }
    if (region.end > at) {
      at = region.end;
      last = region;
    }
  }
  if (at < source.size) gaps.push([at, source.size]);
  const fields: Fields = {};
  for (const [index, [start, end]] of gaps.entries()) {
    const hidden = localName(source, start, end);
    const ending = source.read(
      Math.max(start, end - apkSigningBlockEnd.byteLength),
      apkSigningBlockEnd.byteLength,
    );
    if (apkSigningBlockEnd.equals(ending))
      reading.find(place, 'signature-file', 'a signing block of an APK', start);
    const id = start === 0 ? 'bytes-before' : end === source.size ? 'bytes-after' : 'bytes-between';
    if (hidden === undefined) reading.find(place, id, `${end - start} bytes`, start);
    else
      reading.find(place, 'hidden-entry', bounded(`${JSON.stringify(hidden)}, ${end - start} bytes`), start);
    if (index >= gapsListedMax)
      reading.cutOnce(
        'unread',
        `of bytes that belong to no record of a zip only the first ${gapsListedMax} places are digested`,
      );
    else
      fields[`${id.replace('-', '_')}${index === 0 ? '' : `_${index}`}`] = await describeRange(
        source,
        start,
        end,
      );
  }
  return fields;
}
