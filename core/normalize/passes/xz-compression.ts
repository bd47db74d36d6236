import type { Pass } from '../pass.ts';
import { compressedBytes } from '../stream-compression.ts';

export const xzCompression: Pass = {
  id: 'xz-compression',
  title: 'The same content, compressed another way in xz',
  risk: 'A flaw of one decompressor could be reached by one of the two streams; both decode to the same bytes here. The kind of checksum may be a weaker one.',
  touches: { formats: ['xz'], fields: ['xz_blocks', 'xz_filters', 'xz_header'] },
  setsAside: (delta) => compressedBytes(delta, 'xz', 'xz_blocks'),
};
