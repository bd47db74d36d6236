import type { Pass } from '../pass.ts';
import { compressedBytes } from '../stream-compression.ts';

export const bzip2Compression: Pass = {
  id: 'bzip2-compression',
  title: 'The same content, compressed another way in bzip2',
  risk: 'A flaw of one decompressor could be reached by one of the two streams; both decode to the same bytes here.',
  touches: { formats: ['bzip2'], fields: ['bzip2_blocks', 'bzip2_level'] },
  setsAside: (delta) => compressedBytes(delta, 'bzip2', 'bzip2_blocks'),
};
