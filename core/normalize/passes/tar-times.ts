import type { Entry } from '#core/archive/entry.ts';
import type { Pass } from '../pass.ts';
import { paxTimeBytes } from '../tar-text.ts';

/** The width of a header's time field. */
const fieldBytes = 12;

/** Bytes of one side's time: as text where a pax record has it, else the field of a header. */
function timeBytes(
  field: string,
  value: string | null | undefined,
  entry: Entry | undefined,
): number | undefined {
  if (typeof value !== 'string') return 0;
  const inRecord =
    field === 'pax_atime' ||
    field === 'pax_ctime' ||
    (field === 'mtime' && entry !== undefined && 'header_mtime' in entry.fields);
  return inRecord ? paxTimeBytes(value) : fieldBytes;
}

export const tarTimes: Pass = {
  id: 'tar-times',
  title: 'Times of tar members',
  risk: 'A build that compares times of unpacked files could act on them.',
  touches: {
    formats: ['tar'],
    fields: [
      'header_mtime',
      'long_link_mtime',
      'long_name_mtime',
      'mtime',
      'pax_atime',
      'pax_ctime',
      'pax_header_mtime',
      'tar_global#_mtime',
    ],
  },
  setsAside({ field = '', a, b, entryA, entryB }) {
    const [bytesA, bytesB] = [timeBytes(field, a, entryA), timeBytes(field, b, entryB)];
    return bytesA === undefined || bytesB === undefined ? undefined : bytesA + bytesB;
  },
};
