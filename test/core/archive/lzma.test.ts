import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { looksLikeLzma } from '#core/archive/lzma/header.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { buildTar } from './build-tar.ts';
import { changedStreams } from './changed-streams.ts';
import { compressXz } from './compress-xz.ts';
import { decode } from './decode.ts';
import { decodedByPython } from './decoded-by-python.ts';
import { noise } from './noise.ts';

const random = noise(150_000, 'a');
const text = Buffer.from(
  Array.from({ length: 20_000 }, (_, at) => `line ${(at * at) % 9973} of ${at}\n`).join(''),
);
const contents: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  'one byte': Buffer.from('x'),
  random,
  text,
  zeros: Buffer.alloc(500_000),
  'far matches': Buffer.concat([random, noise(5, 'b'), random.subarray(7)]),
};
const options = ['-0', '-6', '-9e', '--lzma1=lc=3,lp=0,pb=0', '--lzma1=dict=4096,mf=hc4,mode=fast'];

/** What the real xz makes in the form of LZMA Utils: its end is marked, and its size is not told. */
const marked = (data: Buffer | string, ...more: string[]): Buffer =>
  compressXz(data, '--format=lzma', ...more);

/** What Python makes of `data` as a raw stream, which only a mark ends, behind a header that tells the size. */
function withSize(data: Buffer, size = data.byteLength): Buffer {
  const stream = marked(data);
  stream.writeBigUInt64LE(BigInt(size), 5);
  return stream;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('an .lzma', () => {
  it.each(Object.entries(contents))('decodes what xz made of %s, byte for byte', async (_, content) => {
    for (const option of options) {
      const { archive, content: decoded, pieces, findings } = await decode(marked(content, option));
      if (archive?.format !== 'lzma') {
        expect(looksLikeLzma(marked(content, option))).toBe(false);
        continue;
      }
      expect({ findings, end: archive.fields['lzma_end'] }).toEqual({ findings: [], end: 'mark' });
      expect(decoded.equals(content)).toBe(true);
      expect(Math.max(0, ...pieces.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(65_536);
    }
  });

  it('is taken for one by the properties of every tool, and not by others', async () => {
    expect((await decode(marked('hello'))).archive?.format).toBe('lzma');
    expect((await decode(marked('hello', '--lzma1=dict=6144'))).archive?.format).toBe('lzma');
    expect((await decode(marked('hello', '--lzma1=lc=4'))).archive).toBeUndefined();
    const odd = marked('hello');
    odd.writeUInt32LE(5000, 1);
    expect((await decode(odd)).archive).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 14, maxLength: 64 }), (bytes) => {
        expect(looksLikeLzma(bytes)).toBe(false);
      }),
    );
  });

  it('may tell its size and mark its end, too; the two have to agree', async () => {
    const { archive, content, findings } = await decode(withSize(text));
    expect({ findings, end: archive?.fields['lzma_end'] }).toEqual({ findings: [], end: 'size and mark' });
    expect(content.equals(text)).toBe(true);
    for (const size of [0, text.byteLength - 1, text.byteLength + 1]) {
      expect((await decode(withSize(text, size))).findings.map(({ id }) => id)).toEqual([
        'unreadable-archive',
      ]);
    }
  });

  it('says what comes behind its end', async () => {
    const { findings } = await decode(Buffer.concat([marked('hello'), Buffer.from('hidden')]));
    expect(findings).toEqual([expect.objectContaining({ id: 'bytes-after', detail: '6 bytes' })]);
  });

  it('holds what it needs of a dictionary, and not what its header asks for', async () => {
    const stream = marked('hello '.repeat(1000));
    stream.writeUInt32LE(2 ** 31, 1);
    const before = process.memoryUsage().arrayBuffers;
    const { content } = await decode(stream);
    expect(content.toString()).toBe('hello '.repeat(1000));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 ** 2);
  });

  it('opens the tar in it, and sets another level aside', async () => {
    const [a = text, b = text] = [1, 2].map((mtime) => marked(buildTar([{ name: 'a', data: 'x', mtime }])));
    const { result, differences } = await compareSources(memorySource(a), memorySource(b));
    expect(result).toBe('equivalent');
    expect(differences).toEqual([
      expect.objectContaining({ path: ['a'], field: 'mtime', pass: 'tar-times' }),
    ]);
    const levels = await compareSources(memorySource(marked(text, '-0')), memorySource(marked(text, '-9')));
    expect({ result: levels.result, passes: levels.passes.map(({ id }) => id) }).toEqual({
      result: 'equivalent',
      passes: ['lzma-compression'],
    });
    expect(levels.causes.map(({ id }) => id)).toEqual(['compressor']);
  });

  it('decodes or refuses what liblzma decodes or refuses, of 600 streams that were changed', async () => {
    const whole = [text.subarray(0, 3000), random.subarray(0, 500), Buffer.alloc(2000), Buffer.alloc(0)];
    const good = [...whole.map((data) => marked(data)), ...whole.map((data) => withSize(data))];
    const streams = [...good, ...changedStreams(good, 600, 'lzma')].filter(looksLikeLzma);
    expect(streams.length).toBeGreaterThan(300);
    const theirs = decodedByPython('lzma', streams);
    const ours = await Promise.all(
      streams.map(async (stream) => {
        const { archive, content, findings } = await decode(stream);
        return archive === undefined || findings.length > 0 ? undefined : sha256(content);
      }),
    );
    expect(ours).toEqual(theirs);
    expect(ours.slice(0, good.length)).not.toContain(undefined);
  });

  it('is what dpkg once packed with: the members of such a .deb are read', async () => {
    const control = marked(buildTar([{ name: './control', data: 'Package: a\n' }]));
    expect(execFileSync('xz', ['--format=lzma', '-t'], { input: control }).byteLength).toBe(0);
    expect((await decode(control)).archive?.entries[0]?.content?.archive?.format).toBe('tar');
  });
});
