import type { Delta } from '#core/compare/delta.ts';

/**
 * Bytes of a field of `width` that the central directory and the local header of a zip member both have, of both sides;
 * a local header that says something else has a field of its own, and is not counted here.
 */
export function bothRecords({ field, entryA, entryB }: Delta, width: number): number {
  const records = (fields: object) => (`local_${field}` in fields ? 1 : 2);
  return width * (records(entryA?.fields ?? {}) + records(entryB?.fields ?? {}));
}
