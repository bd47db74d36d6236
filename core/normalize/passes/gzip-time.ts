import type { Pass } from '../pass.ts';

export const gzipTime: Pass = {
  id: 'gzip-time',
  title: 'Time in the gzip header',
  risk: 'None known: nothing but `gzip -N` reads it.',
  // Only the first member's: another member is a finding.
  touches: { formats: ['gzip'], fields: ['gzip_mtime'] },
  setsAside: () => 8,
};
