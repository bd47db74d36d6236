import { execFileSync } from 'node:child_process';
import { constants, crc32, deflateRawSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readFacts } from '#core/archive/archive-facts.ts';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { buildTar } from './build-tar.ts';
import { buildZip } from './build-zip.ts';
import { codecFixture, fixtureDigest } from './codec-fixture.ts';
import { compressBzip2 } from './compress-bzip2.ts';
import { compressXz } from './compress-xz.ts';

const text = 'some text that is the same again and again\n'.repeat(200);
const compressors: Readonly<Record<string, readonly [number, (data: Buffer | string) => Buffer]>> = {
  // Without matches, deflate and Deflate64 are the same.
  deflate64: [9, (data) => deflateRawSync(data, { strategy: constants.Z_HUFFMAN_ONLY })],
  lzma: [14, (data) => compressLzma(data)],
  bzip2: [12, (data) => compressBzip2(data)],
  zstd: [93, (data) => zstdCompressSync(data)],
  xz: [95, (data) => compressXz(data)],
};

/** Version of the SDK and size of the properties, these, and a raw stream by the real xz, whose end is marked. */
function compressLzma(data: Buffer | string): Buffer {
  const stream = compressXz(data, '--format=raw', '--lzma1=dict=65536');
  return Buffer.concat([Buffer.of(9, 20, 5, 0, 0x5d, 0, 0, 1, 0), stream]);
}

/** A zip of one member that is compressed by another method: stored, then renamed in both headers. */
function zipOf(
  method: number,
  data: Buffer | string,
  compressed: Buffer,
  flags = method === 14 ? 2 : 0,
): Buffer {
  const bytes = buildZip([{ name: 'a', data: compressed, crc: crc32(data), flags }]);
  const central = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  for (const at of [8, central + 10]) bytes.writeUInt16LE(method, at);
  for (const at of [22, central + 24]) bytes.writeUInt32LE(Buffer.byteLength(data), at);
  return bytes;
}

const facts = (bytes: Buffer) => readFacts(memorySource(bytes), { texts: ['**'], nestedDigests: true });

describe('a zip member', () => {
  it.each(Object.entries(compressors))(
    'of method %s has its decoded content',
    async (_, [method, compress]) => {
      const { members, texts, findings } = await facts(zipOf(method, text, compress(text)));
      expect(findings).toEqual([]);
      expect(texts['a']).toBe(text);
      expect(members.map(({ size }) => size)).toEqual([text.length]);
    },
  );

  it.each(Object.entries(compressors))(
    'of method %s is opened where it is an archive, and a fault of that is not one of the stream',
    async (_, [method, compress]) => {
      const tar = buildTar([{ name: 'inner', data: 'x' }]);
      const { members } = await facts(zipOf(method, tar, compress(tar)));
      expect(members.map((member) => member.path)).toEqual([['a'], ['a', 'inner']]);
      const broken = tar.subarray(0, 700);
      const { findings } = await facts(zipOf(method, broken, compress(broken)));
      expect(findings).toEqual([
        expect.objectContaining({ id: 'unreadable-archive', detail: expect.stringMatching(/^tar: /) }),
      ]);
    },
  );

  it.each(Object.entries(compressors))(
    'of method %s that breaks off, does not match, or has bytes behind it says so',
    async (name, [method, compress]) => {
      const compressed = compress(text);
      const short = await facts(zipOf(method, text, compressed.subarray(0, -5)));
      expect(short.findings).toEqual([
        expect.objectContaining({
          id: 'undecodable-content',
          detail: expect.stringMatching(new RegExp(`^the ${name} stream breaks off: `)),
        }),
      ]);
      const longer = await facts(zipOf(method, text, Buffer.concat([compressed, Buffer.from('hidden')])));
      expect(longer.findings.map(({ id }) => id)).toEqual(['bytes-between']);
      const other = await facts(zipOf(method, `${text}!`, compressed));
      expect(other.findings.map(({ id }) => id)).toEqual(['content-mismatch']);
    },
  );

  it.each(Object.entries(compressors))(
    'of method %s differs from one of its content in form',
    async (_, [method, compress]) => {
      const a = zipOf(method, text, compress(text));
      const b = buildZip([{ name: 'a', data: text, method: 8 }]);
      const { differences } = await compareSources(memorySource(a), memorySource(b));
      expect(differences.map(({ kind }) => kind)).not.toContain('content');
      expect(differences.map(({ field }) => field)).toEqual(expect.arrayContaining(['compressed', 'method']));
    },
  );

  it('of a method that is not read is compared as it is stored, and says so', async () => {
    const { findings, members } = await facts(zipOf(97, text, Buffer.from('wavpack')));
    expect(findings).toEqual([
      expect.objectContaining({ id: 'undecodable-content', detail: 'compression method 97' }),
    ]);
    expect(members.map(({ size }) => size)).toEqual([7]);
  });

  it.each(['BZip2', 'Deflate64', 'LZMA'])('that 7-Zip compressed with %s is read', async (method) => {
    const { findings, members } = await facts(codecFixture(`text-7z-${method}.zip`));
    expect(findings).toEqual([]);
    expect(members.map(({ sha256 }) => sha256)).toEqual([fixtureDigest('text')]);
  });

  it('of method lzma ends where its size says, unless its flags say that the end is marked', async () => {
    const compressed = compressLzma(text);
    expect((await facts(zipOf(14, text, compressed, 0))).findings).toEqual([]);
    const longer = await facts(zipOf(14, `${text}!`, compressed, 0));
    expect(longer.findings).toEqual([
      expect.objectContaining({
        id: 'undecodable-content',
        detail: 'the lzma stream breaks off: its end is marked before its size',
      }),
    ]);
  });

  it.each([
    { what: 'properties of another size', at: 2, value: 6, says: /its properties are not five bytes$/ },
    { what: 'properties that there are not', at: 4, value: 225, says: /unknown properties of LZMA$/ },
    { what: 'a stream that begins wrongly', at: 9, value: 1, says: /begins with a wrong byte$/ },
  ])('of method lzma with $what says so', async ({ at, value, says }) => {
    const compressed = compressLzma(text);
    compressed[at] = value;
    expect((await facts(zipOf(14, text, compressed))).findings).toEqual([
      expect.objectContaining({ id: 'undecodable-content', detail: expect.stringMatching(says) }),
    ]);
  });

  it.each(['BZIP2', 'LZMA'])('that Python compressed with %s is read', async (method) => {
    const script = [
      'import io, sys, zipfile',
      'out = io.BytesIO()',
      `with zipfile.ZipFile(out, "w", zipfile.ZIP_${method}) as z:`,
      '    z.writestr("a.txt", "hello " * 1000)',
      '    z.writestr("b.txt", "")',
      'sys.stdout.buffer.write(out.getvalue())',
    ];
    const { findings, texts } = await facts(execFileSync('python3', ['-c', script.join('\n')]));
    expect({ findings, texts }).toEqual({
      findings: [],
      texts: { 'a.txt': 'hello '.repeat(1000), 'b.txt': '' },
    });
  });
});
