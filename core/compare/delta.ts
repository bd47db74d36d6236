import type { Archive, ArchiveFormat, Entry } from '#core/archive/entry.ts';
import type { Difference } from '#schemas/comparison.ts';

/** A difference with what the later steps (passes, explainers) judge it by. */
export interface Delta {
  readonly kind: Difference['kind'];
  readonly path: readonly string[];
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
  order: 0,
  metadata: 1,
  content: 2,
  bytes: 3,
  missing: 4,
  extra: 4,
};

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** By path, then kind, then field: an order that does not depend on which side is which. */
export function compareDeltas(one: Delta, other: Delta): number {
  const length = Math.min(one.path.length, other.path.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareText(one.path[index] ?? '', other.path[index] ?? '');
    if (order !== 0) return order;
  }
  return (
    one.path.length - other.path.length ||
    rank[one.kind] - rank[other.kind] ||
    compareText(one.field ?? '', other.field ?? '')
  );
}
