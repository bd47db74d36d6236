import type { Explainer } from '../explainer.ts';

const compressorField =
  /^(?:compressed|method|gzip_deflate|gzip_xfl|zstd_header|zstd_frame|xz_header|xz_filters|xz_blocks)$/;

export const compressor: Explainer = {
  meta: {
    id: 'compressor',
    title: 'The same bytes were compressed by another tool, version or level',
    remedy:
      'Pin the compressor and its level: zlib, zlib-ng, and the zlib in each Node.js release write different streams.',
    looksLike: 'package.tgz  gzip_deflate\n  a: 41822 bytes, sha256 9b1c…\n  b: 41790 bytes, sha256 e05f…',
    why: 'Deflate, zstd and xz leave the choice of matches to the compressor: another level, version or library (zlib, zlib-ng, libdeflate) makes other bytes of the same content.',
    fixes: {
      'gzip, tar': 'the same gzip and level, such as tar -I "gzip -9n"',
      npm: 'the same release line of Node.js',
      Python: 'the same zlib under Python; zipfile takes compresslevel',
      'Maven, Gradle': 'the same JDK and system zlib',
      zip: 'zip -9 by the same Info-ZIP',
      xz: 'the same preset and -T1',
      dpkg: 'dpkg-deb -Zxz -z6 --threads-max=1',
      Docker: 'compression-level= and the same BuildKit',
    },
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
