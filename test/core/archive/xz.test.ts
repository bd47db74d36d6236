import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readFacts } from '#core/archive/archive-facts.ts';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { buildTar } from './build-tar.ts';
import { changedStreams } from './changed-streams.ts';
import { compressXz } from './compress-xz.ts';
import { decode } from './decode.ts';
import { decodedByPython } from './decoded-by-python.ts';
import { noise } from './noise.ts';

const random = noise(200_000, 'a');
const contents: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  'one byte': Buffer.from('x'),
  random,
  repetitive: Buffer.from('the quick brown fox\n'.repeat(20_000)),
  zeros: Buffer.alloc(400_000),
  text: Buffer.from(
    Array.from({ length: 20_000 }, (_, at) => `line ${(at * at) % 9973} of ${at}\n`).join(''),
  ),
  'far matches': Buffer.concat([random, noise(5, 'b'), random.subarray(7)]),
  'text and noise': Buffer.concat([Buffer.alloc(333, 'ab'), noise(70_001, 'c'), Buffer.alloc(99_999, 'abc')]),
};
const everything = Buffer.concat(Object.values(contents));
const levels = Array.from({ length: 10 }, (_, level) => [`-${level}`]);
const options = [
  ...levels,
  ['-6e'],
  ['--check=none'],
  ['--check=crc32'],
  ['--check=crc64'],
  ['--check=sha256'],
  ['--block-size=65536'],
  ['--block-size=300000', '--threads=2'],
  ['--lzma2=dict=4096,lc=0,lp=4,pb=4'],
  ['--lzma2=dict=4KiB,lc=4,lp=0,pb=0,mf=bt2,mode=fast'],
];

/** What xz made of `data`, with these bytes as the first of two filters in its block's header; LZMA2 is the other. */
function withFilters(data: string, ...filter: number[]): Buffer {
  const packed = compressXz(data);
  const [start, end] = [12, 12 + ((packed[12] ?? 0) + 1) * 4];
  const header = Buffer.alloc(24);
  header.set([5, 0x01, ...filter, 0x21, 0x01, 0x16]);
  header.writeUInt32LE(crc32(header.subarray(0, 20)), 20);
  return Buffer.concat([packed.subarray(0, start), header, packed.subarray(end)]);
}

describe('xz', () => {
  it.each(Object.entries(contents))('decodes what xz made of %s, byte for byte', async (_, content) => {
    const { archive, content: decoded, pieces, findings } = await decode(compressXz(content));
    expect({ format: archive?.format, findings }).toEqual({ format: 'xz', findings: [] });
    expect(decoded.equals(content)).toBe(true);
    expect(Math.max(0, ...pieces.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(65_536);
  });

  it.each(options.map((option) => ({ option })))('decodes what xz $option made', async ({ option }) => {
    const { content: decoded, findings } = await decode(compressXz(everything, ...option));
    expect(findings).toEqual([]);
    expect(decoded.equals(everything)).toBe(true);
  });

  it('decodes more than dictionary and room together, so that the window moves', async () => {
    const content = Buffer.concat(
      Array.from({ length: 36 }, (_, at) => [random, contents['text'] ?? random][at % 2] ?? random),
    );
    const { content: decoded } = await decode(compressXz(content, '--lzma2=dict=1MiB,lc=0,lp=2,pb=2'));
    expect(decoded.equals(content)).toBe(true);
  });

  it('holds what it needs of a dictionary, and not what its header asks for', async () => {
    const stream = compressXz('hello '.repeat(1000), '--lzma2=preset=0,dict=1GiB');
    const before = process.memoryUsage().arrayBuffers;
    const { content, findings } = await decode(stream);
    expect({ content: content.toString(), findings }).toEqual({
      content: 'hello '.repeat(1000),
      findings: [],
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 ** 2);
  });

  it('decodes or refuses what liblzma decodes or refuses, of 600 streams that were changed', async () => {
    const text = contents['text']?.subarray(0, 3000) ?? random;
    const good = [
      compressXz(text),
      compressXz(text, '--check=crc32', '--block-size=1000'),
      compressXz(random.subarray(0, 500), '--check=sha256'),
      compressXz(text, '--x86', '--delta=dist=2', '--lzma2'),
      compressXz(''),
    ];
    const streams = [...good, ...changedStreams(good, 600, 'xz')];
    const ours = await Promise.all(
      streams.map(async (stream) => {
        const { archive, content: decoded, findings } = await decode(stream);
        if (archive === undefined || findings.length > 0) return undefined;
        return createHash('sha256').update(decoded).digest('hex');
      }),
    );
    expect(ours).toEqual(decodedByPython('xz', streams));
    expect(ours.slice(0, good.length)).not.toContain(undefined);
  });

  it('decodes several streams as one', async () => {
    const { content } = await decode(Buffer.concat([compressXz('one '), compressXz(''), compressXz('two')]));
    expect(content.toString()).toBe('one two');
  });

  it('opens the members of a .deb that dpkg-deb made', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'assay-deb-'));
    try {
      mkdirSync(path.join(folder, 'root/DEBIAN'), { recursive: true });
      const control =
        'Package: hello\nVersion: 1\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: x\n';
      writeFileSync(path.join(folder, 'root/DEBIAN/control'), control);
      writeFileSync(path.join(folder, 'root/hello.txt'), 'hello');
      execFileSync('dpkg-deb', ['-Zxz', '--root-owner-group', '-b', 'root', 'hello.deb'], { cwd: folder });
      const facts = await readFacts(memorySource(readFileSync(path.join(folder, 'hello.deb'))), {
        texts: ['**'],
        nestedDigests: true,
      });
      expect(facts.findings).toEqual([]);
      expect(JSON.stringify(facts.members)).toContain('hello.txt');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('counts stream padding, and nothing after it, as part of the stream', async () => {
    const { archive, findings } = await decode(Buffer.concat([compressXz('hello'), Buffer.alloc(8)]));
    expect(findings).toEqual([]);
    expect(archive?.fields['xz_padding']).toBe('8 zero bytes');
    const odd = await decode(Buffer.concat([compressXz('hello'), Buffer.alloc(7)]));
    expect(odd.findings).toEqual([expect.objectContaining({ id: 'bytes-after', detail: '3 zero bytes' })]);
  });

  it.each([
    {
      what: 'a filter that is not known',
      bytes: withFilters('hello', 0x0c, 0x00),
      says: /an unknown filter, 0xc$/,
    },
    {
      what: 'a filter behind LZMA2',
      bytes: withFilters('hello', 0x21, 0x01, 0x16),
      says: /a filter follows LZMA2$/,
    },
    {
      what: 'a chain without LZMA2 at its end',
      bytes: withFilters('hello', 0x04, 0x00, 0x03, 0x01, 0x00),
      says: /its last filter is 0x3, and not LZMA2$/,
    },
    {
      what: 'a branch filter that begins between instructions',
      bytes: withFilters('hello', 0x07, 0x04, 0x02, 0x00, 0x00, 0x00),
      says: /the start of ARM is not a multiple of 4$/,
    },
    {
      what: 'a branch filter with other properties',
      bytes: withFilters('hello', 0x04, 0x01, 0x00),
      says: /the properties of x86 are not four bytes$/,
    },
    {
      what: 'delta without its distance',
      bytes: withFilters('hello', 0x03, 0x00),
      says: /the properties of delta are not one byte$/,
    },
    {
      what: 'properties that are longer than the header',
      bytes: withFilters('hello', 0x04, 0x7f),
      says: /a block header is cut short$/,
    },
    {
      what: 'a match that reaches back further than 64 MiB',
      bytes: compressXz(
        Buffer.concat([random.subarray(0, 3000), Buffer.alloc(65 * 1024 ** 2), random.subarray(0, 3000)]),
        '--lzma2=preset=0,dict=128MiB',
      ),
      says: /a match reaches too far$/,
    },
  ])('refuses $what with a sentence', async ({ bytes, says }) => {
    const { findings } = await decode(bytes, { bombBytesMin: 2 ** 40 });
    expect(findings).toEqual([
      expect.objectContaining({ id: 'unreadable-archive', detail: expect.stringMatching(says) }),
    ]);
  });

  it('lets no byte that changed go by', async () => {
    const bytes = compressXz(contents['text']?.subarray(0, 3000) ?? '', '--block-size=2000');
    for (let at = 0; at < bytes.byteLength; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const { archive, findings } = await decode(changed);
      expect({ at, noticed: archive === undefined || findings.length > 0 }).toEqual({ at, noticed: true });
    }
  });

  it('sets only the times aside where a tar in it differs, and not the stream that follows from them', async () => {
    const [a, b] = [1, 2].map((mtime) => compressXz(buildTar([{ name: 'a', data: 'x', mtime }])));
    const report = await compareSources(memorySource(a ?? random), memorySource(b ?? random));
    expect(report.result).toBe('equivalent');
  });

  it('tells another level of the same content as a difference of the compressor', async () => {
    const content = contents['text'] ?? random;
    const [a, b] = ['-0', '-9'].map((level) => compressXz(content, level));
    const report = await compareSources(memorySource(a ?? random), memorySource(b ?? random));
    expect(report.result).toBe('equivalent');
    expect(report.passes.map(({ id }) => id)).toEqual(['xz-compression']);
    expect(report.differences.map(({ field }) => field)).toEqual(['xz_blocks', 'xz_filters']);
  });
});
