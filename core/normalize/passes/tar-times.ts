import type { Pass } from '../pass.ts';

const fields =
  /^(?:mtime|header_mtime|pax_atime|pax_ctime|pax_header_mtime|long_name_mtime|long_link_mtime|tar_global\d+_mtime)$/;

/** The width of a header's time field. */
const fieldBytes = 12;

export const tarTimes: Pass = {
  id: 'tar-times',
  title: 'Times of tar members',
  risk: 'A build that compares times of unpacked files could act on them.',
  covers({ format, kind, field, a, b }) {
    if (format !== 'tar' || kind !== 'metadata' || field === undefined || !fields.test(field))
      return undefined;
    if (typeof a !== 'string' || typeof b !== 'string') return undefined;
    return { fields: [field], bytes: 2 * fieldBytes };
  },
};
