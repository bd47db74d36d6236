import type { Pass } from '../pass.ts';

/** Bytes of one field on one side: the central directory and, unless it disagrees, the local header say it again. */
const bytesOf: Readonly<Record<string, number>> = { mtime: 8, local_mtime: 4 };

/** `ut <instant> …`: four bytes an instant; NTFS: eight. */
function extraBytes(value: string | null | undefined): number {
  if (value === null || value === undefined) return 0;
  const instants = value.split(' ').filter((word) => /[0-9]/.test(word)).length;
  return instants * (value.startsWith('ntfs') ? 8 : 4);
}

export const zipTimes: Pass = {
  id: 'zip-times',
  title: 'Times of zip members',
  risk: 'A program that reads the times of its own archive could act on them.',
  covers({ format, kind, field, a, b }) {
    if (format !== 'zip' || kind !== 'metadata' || field === undefined) return undefined;
    const bytes = bytesOf[field];
    if (bytes !== undefined) {
      // A local time exists as a field only where it disagrees with the central one: that says more than a time.
      if (typeof a !== 'string' || typeof b !== 'string') return undefined;
      return { fields: [field], bytes: 2 * bytes };
    }
    if (field !== 'extra_times' && field !== 'local_extra_times') return undefined;
    return { fields: [field], bytes: extraBytes(a) + extraBytes(b) };
  },
};
