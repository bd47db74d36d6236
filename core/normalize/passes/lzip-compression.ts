import type { Pass } from '../pass.ts';
import { compressedBytes } from '../stream-compression.ts';

export const lzipCompression: Pass = {
  id: 'lzip-compression',
  title: 'The same content, compressed another way in lzip',
  risk: 'A flaw of one decompressor could be reached by one of the two streams; both decode to the same bytes here.',
  touches: { formats: ['lzip'], fields: ['lzip_blocks', 'lzip_header'] },
  setsAside: (delta) => compressedBytes(delta, 'lzip', 'lzip_blocks'),
};
