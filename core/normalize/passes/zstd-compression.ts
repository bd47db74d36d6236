import type { Pass } from '../pass.ts';
import { compressedBytes } from '../stream-compression.ts';

export const zstdCompression: Pass = {
  id: 'zstd-compression',
  title: 'The same content, compressed another way in zstd',
  risk: 'A flaw of one decompressor could be reached by one of the two streams; both decode to the same bytes here.',
  touches: { formats: ['zstd'], fields: ['zstd_frame', 'zstd_header'] },
  setsAside: (delta) => compressedBytes(delta, 'zstd', 'zstd_frame'),
};
