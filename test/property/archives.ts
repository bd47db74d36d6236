import { gzipSync, zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { buildAr } from '#test/core/archive/build-ar.ts';
import { buildTar, type TarMember } from '#test/core/archive/build-tar.ts';
import { buildZip, type ZipMember } from '#test/core/archive/build-zip.ts';
import { compressBzip2 } from '#test/core/archive/compress-bzip2.ts';
import { codecFixture } from '#test/core/archive/codec-fixture.ts';
import { compressLzip } from '#test/core/archive/compress-lzip.ts';
import { compressXz } from '#test/core/archive/compress-xz.ts';
import { tinyArchives } from '#test/core/archive/tiny-archives.ts';

const data = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ maxLength: 100 }).map((text) => Buffer.from(text)),
);
const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}(\/[a-z]{1,5})?(\.txt)?$/), {
  minLength: 1,
  maxLength: 5,
  selector: (name) => name.toLowerCase(),
});

/** Members with names that no two file systems take for the same. */
export const zipMembers: fc.Arbitrary<ZipMember[]> = names.chain((list) =>
  fc.tuple(
    ...list.map((name) =>
      fc.record({
        name: fc.constant(name),
        data,
        method: fc.constantFrom<0 | 8>(0, 8),
        mode: fc.constantFrom(0o100644, 0o100755),
        streamed: fc.boolean(),
      }),
    ),
  ),
);
export const tarMembers: fc.Arbitrary<TarMember[]> = names.chain((list) =>
  fc.tuple(
    ...list.map((name) =>
      fc.record({
        name: fc.constant(name),
        data,
        mode: fc.constantFrom(0o644, 0o755),
        mtime: fc.integer({ min: 0, max: 2 ** 31 }),
      }),
    ),
  ),
);

/** A tiny archive of each finding, but for bombs, which take long. */
export const tiny = Object.entries(tinyArchives)
  .filter(([id]) => id !== 'bomb')
  .flatMap(([, archives]) => Object.values(archives ?? {}));

/** Made once: a process for each run would take minutes. */
const xzArchives = [
  [],
  ['-0'],
  ['--check=none'],
  ['--check=sha256'],
  ['--block-size=700'],
  ['--x86', '--delta=dist=3', '--lzma2'],
  ['--format=lzma'],
].map((options) =>
  compressXz(buildTar([{ name: 'a.txt', data: 'hello '.repeat(50) }, { name: 'b.txt' }]), ...options),
);

const bzip2Archives = ['-1', '-9'].map((level) =>
  compressBzip2(buildTar([{ name: 'a.txt', data: 'hello '.repeat(50) }, { name: 'b.txt' }]), level),
);

const lzip = compressLzip(buildTar([{ name: 'a.txt', data: 'hello '.repeat(50) }, { name: 'b.txt' }]));

/** Zips with members of methods that Node.js has no engine for. */
const packedZips = ['Deflate64', 'LZMA'].map((method) => codecFixture(`text-7z-${method}.zip`));

/** A well-formed archive of any kind, one nested in another now and then. */
export const archive: fc.Arbitrary<Buffer> = fc.oneof(
  zipMembers.map((members) => buildZip(members)),
  tarMembers.map((members) => buildTar(members)),
  tarMembers.map((members) => gzipSync(buildTar(members))),
  tarMembers.map((members) => zstdCompressSync(buildTar(members))),
  tarMembers.map((members) =>
    buildAr([
      { name: 'debian-binary', data: '2.0\n' },
      { name: 'data.tar.zst', data: zstdCompressSync(buildTar(members)) },
      ...members.map(({ data: content }, at) => ({ name: `m${at}/`, data: content ?? '' })),
    ]),
  ),
  fc
    .tuple(zipMembers, tarMembers)
    .map(([inner, outer]) => gzipSync(buildTar([...outer, { name: 'inner.zip', data: buildZip(inner) }]))),
  fc
    .tuple(zipMembers, tarMembers)
    .map(([outer, inner]) =>
      buildZip([...outer, { name: 'inner.tgz', data: gzipSync(buildTar(inner)), method: 8 }]),
    ),
  fc.constantFrom(...xzArchives, ...bzip2Archives, lzip, ...packedZips),
  fc
    .tuple(tarMembers, fc.constantFrom(...xzArchives, ...bzip2Archives))
    .map(([members, inner]) => buildTar([...members, { name: 'inner', data: inner }])),
  fc.constantFrom(...tiny),
);

/** Bytes changed, cut out, put in or cut off, at any place. */
export const damage = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    how: fc.constantFrom('change', 'remove', 'insert', 'truncate', 'max'),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
  { minLength: 1, maxLength: 4 },
);

export function apply(
  bytes: Buffer,
  changes: readonly { at: number; how: string; bytes: Uint8Array }[],
): Buffer {
  let result = Buffer.from(bytes);
  for (const { at: where, how, bytes: piece } of changes) {
    const at = Math.floor(where * result.byteLength);
    if (how === 'change') result.set(piece.subarray(0, result.byteLength - at), at);
    else if (how === 'max') result.fill(0xff, at, Math.min(at + piece.byteLength, result.byteLength));
    else if (how === 'truncate') result = result.subarray(0, at);
    else {
      const from = how === 'remove' ? at + piece.byteLength : at;
      result = Buffer.concat([
        result.subarray(0, at),
        how === 'insert' ? piece : Buffer.alloc(0),
        result.subarray(from),
      ]);
    }
  }
  return result;
}
