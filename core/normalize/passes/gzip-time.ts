import type { Pass } from '../pass.ts';

export const gzipTime: Pass = {
  id: 'gzip-time',
  title: 'Time in the gzip header',
  risk: 'None known: nothing but `gzip -N` reads it.',
  covers({ format, kind, field }) {
    // Only the first member's: another member is a finding.
    return format === 'gzip' && kind === 'metadata' && field === 'gzip_mtime'
      ? { fields: [field], bytes: 8 }
      : undefined;
  },
};
