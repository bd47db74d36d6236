import { execFileSync } from 'node:child_process';
import { crc32, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readFacts } from '#core/archive/archive-facts.ts';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { buildTar } from './build-tar.ts';
import { buildZip } from './build-zip.ts';
import { compressBzip2 } from './compress-bzip2.ts';
import { compressXz } from './compress-xz.ts';

const text = 'some text that is the same again and again\n'.repeat(200);
const compressors: Readonly<Record<string, readonly [number, (data: Buffer | string) => Buffer]>> = {
  bzip2: [12, (data) => compressBzip2(data)],
  zstd: [93, (data) => zstdCompressSync(data)],
  xz: [95, (data) => compressXz(data)],
};

/** A zip of one member that is compressed by another method: stored, then renamed in both headers. */
function zipOf(method: number, data: Buffer | string, compressed: Buffer): Buffer {
  const bytes = buildZip([{ name: 'a', data: compressed, crc: crc32(data) }]);
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

  it('that Python compressed with bzip2 is read', async () => {
    const script = [
      'import io, sys, zipfile',
      'out = io.BytesIO()',
      'with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as z:',
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
