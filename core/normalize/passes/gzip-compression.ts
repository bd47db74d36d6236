import type { Pass } from '../pass.ts';
import { compressedBytes } from '../stream-compression.ts';

export const gzipCompression: Pass = {
  id: 'gzip-compression',
  title: 'The same content, compressed another way in gzip',
  risk: 'A flaw of one decompressor could be reached by one of the two streams; both decode to the same bytes here.',
  touches: { formats: ['gzip'], fields: ['gzip_deflate'] },
  setsAside: (delta) => compressedBytes(delta, 'gzip', 'gzip_deflate'),
};
