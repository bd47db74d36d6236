import type { Pass } from '../pass.ts';
import { bothRecords } from '../zip-records.ts';

/** `ut <instant> …`: four bytes an instant; NTFS: eight. Blocks apart by `; `. */
function extraBytes(value: string | null | undefined): number {
  let bytes = 0;
  for (const block of value?.split('; ') ?? []) {
    const instants = block.split(' ').filter((word) => /[0-9]/.test(word)).length;
    bytes += instants * (block.startsWith('ntfs') ? 8 : 4);
  }
  return bytes;
}

export const zipTimes: Pass = {
  id: 'zip-times',
  title: 'Times of zip members',
  risk: 'A program that reads the times of its own archive could act on them.',
  touches: { formats: ['zip'], fields: ['extra_times', 'local_extra_times', 'local_mtime', 'mtime'] },
  setsAside(delta) {
    const { field, a, b } = delta;
    if (field === 'mtime') return bothRecords(delta, 4);
    // A local time exists as a field only where it disagrees with the central one: that says more than a time.
    if (field === 'local_mtime') return typeof a === 'string' && typeof b === 'string' ? 8 : undefined;
    return extraBytes(a) + extraBytes(b);
  },
};
