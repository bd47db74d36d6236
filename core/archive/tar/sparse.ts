import { Cursor } from '../cursor.ts';
import { describeBytes } from '../describe-bytes.ts';
import type { Fields } from '../entry.ts';
import { Malformed } from '../malformed.ts';
import type { Place } from '../reading.ts';
import { parseNumber, tarBlockBytes, type TarHeader } from './header.ts';

/** What of a sparse member is stored: GNU tar manual, "Storing Sparse Files". Between and behind these are zeros. */
export interface SparseMap {
  readonly realSize: number;
  /** Offset in the content, and length. */
  readonly extents: readonly (readonly [offset: number, length: number])[];
}

const structBytes = 24;

/** Offsets and lengths of 12 bytes each, up to one without a spelled length. Undefined where they are no numbers. */
function parseStructs(bytes: Uint8Array): [number, number][] | undefined {
  const extents: [number, number][] = [];
  for (let at = 0; at + structBytes <= bytes.byteLength; at += structBytes) {
    if (bytes[at + 12] === 0) break;
    const offset = parseNumber(bytes.subarray(at, at + 12));
    const length = parseNumber(bytes.subarray(at + 12, at + structBytes));
    if (offset === undefined || length === undefined) return undefined;
    extents.push([offset, length]);
  }
  return extents;
}

/**
 * The old GNU form: type `S`, four extents in the header, more in blocks behind it, which are read here. `fields` gets
 * the bytes of these. @throws Malformed
 */
export async function readOldSparse(
  place: Place,
  cursor: Cursor,
  header: TarHeader,
  fields: Fields,
  bytesMax: number,
): Promise<SparseMap | undefined> {
  const own = header.sparse ?? new Uint8Array(0);
  const blocks: Uint8Array[] = [];
  let more = own[96] === 1;
  while (more) {
    const offset = cursor.position;
    const block = await cursor.take(tarBlockBytes);
    if (block.byteLength < tarBlockBytes) throw new Malformed(place, 'it ends inside a header', offset);
    if (blocks.push(Uint8Array.from(block)) * tarBlockBytes > bytesMax)
      throw new Malformed(place, 'a sparse map is too long', offset);
    more = block[504] === 1;
  }
  if (blocks.length > 0) fields['sparse_blocks'] = describeBytes(Buffer.concat(blocks));
  const parts = [own.subarray(0, 96), ...blocks.map((block) => block.subarray(0, 504))].map(parseStructs);
  const realSize = parseNumber(own.subarray(97, 109));
  if (realSize === undefined || parts.includes(undefined)) return undefined;
  return { realSize, extents: parts.flatMap((part) => part ?? []) };
}

const numberText = /^[0-9]{1,15}$/;

function pairs(numbers: readonly string[]): [number, number][] | undefined {
  if (numbers.length % 2 !== 0 || !numbers.every((text) => numberText.test(text))) return undefined;
  return Array.from({ length: numbers.length / 2 }, (_, index) => [
    Number(numbers[2 * index]),
    Number(numbers[2 * index + 1]),
  ]);
}

/** Whether pax records say that the member is sparse. */
export function isPaxSparse(pax: ReadonlyMap<string, string>): boolean {
  return pax.has('GNU.sparse.size') || pax.has('GNU.sparse.major') || pax.has('GNU.sparse.map');
}

/** The forms 0.0 and 0.1, with the map in pax records. Undefined where they make no map. */
export function paxSparseMap(pax: ReadonlyMap<string, string>): SparseMap | undefined {
  const realSize = pax.get('GNU.sparse.size') ?? '';
  const map = pax.get('GNU.sparse.map');
  const [offsets, lengths] = ['GNU.sparse.offset', 'GNU.sparse.numbytes'].map((key) =>
    (pax.get(key) ?? '').split(','),
  );
  const numbers =
    map?.split(',') ?? (offsets ?? []).flatMap((offset, index) => [offset, lengths?.[index] ?? '']);
  const extents = pairs(map === '' ? [] : numbers);
  if (!numberText.test(realSize) || extents === undefined) return undefined;
  return { realSize: Number(realSize), extents };
}

/** The form 1.0: the map, as lines of decimal numbers, fills the first blocks of the stored bytes. */
export async function readSparseMap(
  stored: Cursor,
  pax: ReadonlyMap<string, string>,
  fields: Fields,
  bytesMax: number,
): Promise<SparseMap | undefined> {
  const blocks: string[] = [];
  let lines = 0;
  let wanted = Number.POSITIVE_INFINITY;
  do {
    const block = Buffer.from(await stored.take(tarBlockBytes)).toString('latin1');
    blocks.push(block);
    if (blocks.length === 1) {
      const [count = ''] = block.split('\n', 1);
      if (numberText.test(count)) wanted = 2 * Number(count) + 1;
    }
    lines += block.split('\n').length - 1;
    if (block.length < tarBlockBytes || blocks.length * tarBlockBytes > bytesMax) break;
  } while (lines < wanted && wanted !== Number.POSITIVE_INFINITY);
  const text = blocks.join('');
  fields['sparse_map'] = describeBytes(Buffer.from(text, 'latin1'));
  const realSize = pax.get('GNU.sparse.realsize') ?? '';
  const extents = lines < wanted ? undefined : pairs(text.split('\n').slice(1, wanted));
  if (!numberText.test(realSize) || extents === undefined) return undefined;
  return { realSize: Number(realSize), extents };
}

/** Whether the extents come one after the other, inside the content, and are as long as the bytes that are stored. */
export function fits({ realSize, extents }: SparseMap, storedBytes: number): boolean {
  let end = 0;
  let total = 0;
  for (const [offset, length] of extents) {
    if (offset < end || length < 0) return false;
    end = offset + length;
    total += length;
  }
  return end <= realSize && total === storedBytes;
}

const zeros = new Uint8Array(65_536);

/**
 * The content of a sparse member whose map `fits`: the stored bytes at their places, zeros elsewhere. `onBytes` gets the
 * length of each piece.
 */
export function fillHoles(
  stored: Cursor,
  { realSize, extents }: SparseMap,
  onBytes: (bytes: number) => void,
): Cursor {
  let at = 0;
  let next = 0;
  return new Cursor(async () => {
    for (;;) {
      const [offset, length] = extents[next] ?? [realSize, 0];
      if (at < offset) {
        const hole = zeros.subarray(0, Math.min(offset - at, zeros.byteLength));
        at += hole.byteLength;
        onBytes(hole.byteLength);
        return hole;
      }
      if (next >= extents.length) return undefined;
      const bytes = await stored.takeSome(offset + length - at);
      if (bytes !== undefined && bytes.byteLength > 0) {
        at += bytes.byteLength;
        onBytes(bytes.byteLength);
        return bytes;
      }
      if (at < offset + length) return undefined;
      next += 1;
    }
  });
}
