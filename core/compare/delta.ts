import type { Archive, ArchiveFormat, Entry } from '#core/archive/entry.ts';
import type { Difference } from '#schemas/comparison.ts';
import { compareText } from './pairing/name-order.ts';
import type { PairedBy } from './pairing/renames.ts';

/** A difference with what the later steps (passes, explainers) judge it by. */
export interface Delta {
  readonly kind: Difference['kind'];
  /** By the names of the first file. */
  readonly path: readonly string[];
  /** By the names of the second file, where these are others. */
  readonly pathB?: readonly string[];
  /** Of `renamed`: what the two members are taken for one by. */
  readonly pairedBy?: PairedBy;
  readonly field?: string;
  /** `null`: this side has no such member or field. */
  readonly a?: string | null;
  readonly b?: string | null;
  readonly offset?: number;
  readonly detail?: string;
  /** Of the archive in which the two disagree; absent for the file itself. */
  readonly format?: ArchiveFormat;
  /** The member that they disagree about, on each side. */
  readonly entryA?: Entry;
  readonly entryB?: Entry;
  /** The archive that holds that member, on each side. */
  readonly archiveA?: Archive;
  readonly archiveB?: Archive;
}

const rank: Readonly<Record<Delta['kind'], number>> = {
  renamed: 0,
  order: 1,
  metadata: 2,
  content: 3,
  bytes: 4,
  missing: 5,
  extra: 5,
};

function comparePaths(one: readonly string[], other: readonly string[]): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareText(one[index] ?? '', other[index] ?? '');
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

/** The one of both paths that comes first. */
function firstPath({ path, pathB = path }: Delta): readonly string[] {
  return comparePaths(path, pathB) <= 0 ? path : pathB;
}

/** By path, then kind, then field: an order that does not depend on which side is which. */
export function compareDeltas(one: Delta, other: Delta): number {
  return (
    comparePaths(firstPath(one), firstPath(other)) ||
    rank[one.kind] - rank[other.kind] ||
    compareText(one.field ?? '', other.field ?? '')
  );
}
