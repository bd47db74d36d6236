import type { Pass } from '../pass.ts';
import { compressedBytes } from '../stream-compression.ts';

export const lzmaCompression: Pass = {
  id: 'lzma-compression',
  title: 'The same content, compressed another way in an .lzma',
  risk: 'A flaw of one decompressor could be reached by one of the two streams; both decode to the same bytes here.',
  touches: { formats: ['lzma'], fields: ['lzma_blocks', 'lzma_end', 'lzma_header'] },
  setsAside: (delta) => compressedBytes(delta, 'lzma', 'lzma_blocks'),
};
