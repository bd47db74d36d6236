import { isZero } from '#core/archive/describe-bytes.ts';
import type { Work } from '../work.ts';

/** A named range of a file's bytes. Two regions must not overlap, but for a `detail`, which lies in another region. */
export interface Region {
  /** What parts are named by: stable, without an offset. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Chooses how the format looks into it. */
  readonly type?: string;
  /** Cut out of the region that it lies in. */
  readonly detail?: true;
}

type Range = readonly [start: number, end: number];

/** A region with the ranges that it owns: those of its details are theirs. Never none, but maybe an empty one. */
export interface OwnedRegion {
  readonly name: string;
  readonly type: string | undefined;
  readonly pieces: readonly [Range, ...Range[]];
}

/** Who owns each byte of a file. */
export interface Account {
  readonly regions: readonly OwnedRegion[];
  /** Names of two regions that claim the same bytes, where there are such: then no byte is surely one region's. */
  readonly overlap: string | undefined;
}

/** What no region owns, unless it is zero: padding. */
export const unnamedBytes = 'unnamed bytes';
const unitsEach = 512;
const unitsEachDetail = 16;

function overlapIn(sorted: readonly Region[]): string | undefined {
  let last: Region | undefined;
  for (const region of sorted) {
    if (region.end === region.start) continue;
    if (last !== undefined && region.start < last.end) return `${last.name} and ${region.name}`;
    last = region;
  }
  return undefined;
}

/** The ranges of the file that none of these own. */
function* gapsBetween(sorted: readonly Region[], size: number): Generator<Range> {
  let at = 0;
  for (const { start, end } of sorted) {
    if (start > at) yield [at, start];
    at = Math.max(at, end);
  }
  if (at < size) yield [at, size];
}

/** What of `region` none of `details` owns; they are in order, and none before `first` reaches into it. */
function piecesOf(
  { start, end }: Region,
  details: readonly Region[],
  first: number,
  work: Work,
): readonly [Range, ...Range[]] {
  const pieces: Range[] = [];
  let at = start;
  for (let index = first; index < details.length; index += 1) {
    const detail = details[index];
    if (detail === undefined || detail.start >= end) break;
    work.spend(unitsEachDetail);
    if (detail.start > at) pieces.push([at, detail.start]);
    at = Math.max(at, detail.end);
  }
  if (at < end) pieces.push([at, end]);
  const [piece = [start, start], ...more] = pieces;
  return [piece, ...more];
}

/**
 * Gives each byte of `bytes` its owner. Bytes between the regions that are not zero are regions named `unnamed bytes`.
 * @throws WorkSpent
 */
export function account(bytes: Uint8Array, regions: readonly Region[], work: Work): Account {
  work.spend(regions.length * unitsEach);
  const sorted = [...regions].sort((one, other) => one.start - other.start || one.end - other.end);
  const main = sorted.filter(({ detail }) => detail === undefined);
  const details = sorted.filter(({ detail, start, end }) => detail === true && end > start);
  const owned: OwnedRegion[] = details.map(({ name, type, start, end }) => ({
    name,
    type,
    pieces: [[start, end]],
  }));
  let next = 0;
  for (const region of main) {
    while ((details[next]?.end ?? Infinity) <= region.start) next += 1;
    owned.push({ name: region.name, type: region.type, pieces: piecesOf(region, details, next, work) });
  }
  for (const [start, end] of gapsBetween(sorted, bytes.byteLength)) {
    if (isZero(bytes.subarray(start, end))) continue;
    owned.push({ name: unnamedBytes, type: undefined, pieces: [[start, end]] });
  }
  return { regions: owned, overlap: overlapIn(main) ?? overlapIn(details) };
}
