import type { Delta } from '#core/compare/delta.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import { otherCompression } from '../compressed-names.ts';
import {
  compressorOf,
  describeXfl,
  describeXzForms,
  describeZipLevels,
  describeZstdHeader,
} from '../compressors.ts';
import type { Evidence, Explainer } from '../explainer.ts';

const compressorField =
  /^(?:compressed|method|gzip_deflate|gzip_xfl|zstd_header|zstd_frame|xz_header|xz_filters|xz_blocks|bzip2_level|bzip2_blocks|lzma_header|lzma_end|lzma_blocks|lzip_header|lzip_blocks)$/;

/** zip's methods, APPNOTE.TXT 4.4.5. */
const methods: Readonly<Record<string, string>> = {
  0: 'stored',
  8: 'deflate',
  9: 'deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'zstd',
  95: 'xz',
};

/** Whether the flags tell the effort: those of other methods have another meaning, or none (of LZMA, how its end is told). */
const isDeflated = (entry: Delta['entryA']): boolean => ['8', '9'].includes(entry?.fields['method'] ?? '');

/** How a field's value reads in words. */
const words: Readonly<Record<string, (value: string) => string>> = {
  gzip_xfl: describeXfl,
  xz_filters: describeXzForms,
  zstd_header: describeZstdHeader,
  method: (value) => `${value} (${methods[value] ?? 'other'})`,
  bzip2_level: (value) => `level ${value}`,
};

/** Streams that are looked into: each costs what it takes to decode it. */
const streamsMax = 4;

/** Looks into the first few streams. */
class StreamNames {
  #left = streamsMax;

  of(facts: ComparisonFacts, delta: Delta): { a: string | undefined; b: string | undefined } | undefined {
    const packed = this.#left > 0 ? facts.packed(delta) : undefined;
    if (packed === undefined) return undefined;
    this.#left -= 1;
    return { a: compressorOf(packed.a), b: compressorOf(packed.b) };
  }
}

function evidenceOf(facts: ComparisonFacts, delta: Delta, streams: StreamNames): Evidence | undefined {
  const { kind, field = '', a, b } = delta;
  const names =
    kind === 'renamed' ? otherCompression(delta.path.at(-1) ?? '', delta.pathB?.at(-1) ?? '') : undefined;
  if (names !== undefined) return { delta, ...names };
  if (kind !== 'metadata') return undefined;
  if (field === 'flags' && delta.format === 'zip') {
    const levels = describeZipLevels(a ?? '', b ?? '');
    if (levels === undefined) return undefined;
    return isDeflated(delta.entryA) && isDeflated(delta.entryB) ? { delta, ...levels } : { delta, a, b };
  }
  if (!compressorField.test(field)) return undefined;
  const say = words[field];
  if (say !== undefined) {
    const show = (value: typeof a) => (typeof value === 'string' ? say(value) : value);
    return { delta, a: show(a), b: show(b) };
  }
  const tools = streams.of(facts, delta);
  const add = (value: typeof a, name: string | undefined) =>
    typeof value === 'string' && name !== undefined ? `${value}: ${name}` : value;
  return { delta, a: add(a, tools?.a), b: add(b, tools?.b) };
}

export const compressor: Explainer = {
  meta: {
    id: 'compressor',
    title: 'The same bytes were compressed by another tool, version or level',
    remedy:
      'Pin the compressor and its level: zlib, zlib-ng, and the zlib in each Node.js release write different streams.',
    looksLike:
      'package.tar.gz  gzip_deflate\n  a: 71074 bytes, sha256 9b1c…: GNU gzip, Info-ZIP, or zlib with memLevel 9\n  b: 71026 bytes, sha256 e05f…: zlib',
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
    needs: ['fields', 'content'],
  },
  explain(facts) {
    const streams = new StreamNames();
    const evidence = facts.deltas.flatMap((delta) => evidenceOf(facts, delta, streams) ?? []);
    if (evidence.length === 0) return undefined;
    const stream = evidence.some(({ delta: { field } }) => field !== 'gzip_xfl' && field !== 'flags');
    return { confidence: stream ? 'likely' : 'possible', evidence };
  },
};
