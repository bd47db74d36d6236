import type { Explainer } from '../explainer.ts';

const compressorField =
  /^(?:compressed|method|gzip_deflate|gzip_xfl|zstd_header|zstd_frame|xz_header|xz_filters|xz_blocks)$/;

export const compressor: Explainer = {
  meta: {
    id: 'compressor',
    title: 'The same bytes were compressed by another tool, version or level',
    remedy:
      'Pin the compressor and its level: zlib, zlib-ng, and the zlib in each Node.js release write different streams.',
    needs: ['fields'],
  },
  explain({ deltas }) {
    const evidence = deltas
      .filter(({ kind, field }) => kind === 'metadata' && compressorField.test(field ?? ''))
      .map((delta) => ({ delta, a: delta.a, b: delta.b }));
    if (evidence.length === 0) return undefined;
    const stream = evidence.some(({ delta }) => delta.field !== 'gzip_xfl');
    return { confidence: stream ? 'likely' : 'possible', evidence };
  },
};
