import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { buildTar } from './build-tar.ts';
import { changedStreams } from './changed-streams.ts';
import { compressBzip2 } from './compress-bzip2.ts';
import { decode } from './decode.ts';
import { decodedByPython } from './decoded-by-python.ts';
import { noise } from './noise.ts';

const text = Buffer.from(
  Array.from({ length: 9000 }, (_, at) => `line ${(at * at) % 9973} of ${at}\n`).join(''),
);
const contents: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  'one byte': Buffer.from('x'),
  noise: noise(250_000, 'a'),
  'runs of each length to 600': Buffer.concat(
    Array.from({ length: 600 }, (_, length) => Buffer.alloc(length, 97 + (length % 3))),
  ),
  text,
  'every byte': Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 7) & 0xff)),
  'zeros, more than a block of them': Buffer.alloc(60_000_000),
};

function flip(bytes: Buffer, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
  return changed;
}

describe('bzip2', () => {
  it.each(Object.entries(contents))('decodes what bzip2 made of %s, byte for byte', async (_, content) => {
    const { archive, content: decoded, pieces, findings } = await decode(compressBzip2(content, '-9'));
    expect(archive?.format).toBe('bzip2');
    expect(findings.filter(({ id }) => id !== 'bomb')).toEqual([]);
    expect(decoded.equals(content)).toBe(true);
    expect(Math.max(0, ...pieces.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(65_536);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('decodes level %i, block after block', async (level) => {
    const content = Buffer.concat([text, noise(150_000, String(level)), Buffer.alloc(999_999, 'ab'), text]);
    const { archive, content: decoded, findings } = await decode(compressBzip2(content, `-${level}`));
    expect(decoded.equals(content)).toBe(true);
    expect({ findings, level: archive?.fields['bzip2_level'] }).toEqual({
      findings: [],
      level: String(level),
    });
  });

  it('decodes several streams as one, and tells each behind the first', async () => {
    const streams = ['one ', '', 'two'].map((part) => compressBzip2(part, '-1'));
    const { content, findings } = await decode(Buffer.concat(streams));
    expect(content.toString()).toBe('one two');
    expect(findings.map(({ id, offset }) => ({ id, offset }))).toEqual([
      { id: 'second-member', offset: streams[0]?.byteLength },
      { id: 'second-member', offset: (streams[0]?.byteLength ?? 0) + (streams[1]?.byteLength ?? 0) },
    ]);
  });

  it('reads as many streams as pbzip2 makes, those beyond 64 with one account', async () => {
    const stream = compressBzip2('block ', '-9');
    const { archive, content } = await decode(Buffer.concat(Array.from({ length: 100 }, () => stream)));
    expect(content.toString()).toBe('block '.repeat(100));
    expect(archive?.fields['bzip2_more_streams']).toMatch(/^36, levels/);
    expect(archive?.fields['bzip2_more_blocks']).toMatch(new RegExp(`^${36 * stream.byteLength} bytes`));
    expect(archive?.fields['bzip265_level']).toBeUndefined();
  });

  it('lets no bit that changed go by', async () => {
    const bytes = compressBzip2(text.subarray(0, 700), '-1');
    for (let bit = 0; bit < bytes.byteLength * 8; bit += 3) {
      const { archive, findings } = await decode(flip(bytes, bit));
      const level = archive?.fields['bzip2_level'] === '1';
      const noticed = archive === undefined || findings.length > 0 || !level;
      expect({ bit, noticed }).toEqual({ bit, noticed: true });
    }
  });

  it('tells a wrong checksum of the stream, and bits behind its end', async () => {
    const bytes = compressBzip2('hello', '-9');
    const end = bytes.byteLength * 8;
    const wrong = await decode(flip(bytes, end - 20));
    expect(wrong.findings).toEqual([
      expect.objectContaining({ id: 'content-mismatch', detail: 'the checksum of the stream' }),
    ]);
    const padded = Array.from({ length: 8 }, (_, at) => compressBzip2(`hello ${'x'.repeat(at)}`, '-9'));
    const findings = await Promise.all(padded.map((each) => decode(flip(each, each.byteLength * 8 - 1))));
    expect(findings.flatMap((each) => each.findings.map(({ id }) => id))).toContain('nonzero-padding');
  });

  it.each([
    {
      what: 'a randomised block',
      bytes: flip(compressBzip2('hello', '-9'), 14 * 8),
      says: /a randomised block, which nothing writes since bzip2 0\.9\.5/,
    },
    {
      what: 'a stream that is cut short',
      bytes: compressBzip2(text, '-9').subarray(0, -30),
      says: /it ends inside a block/,
    },
  ])('refuses $what with a sentence', async ({ bytes, says }) => {
    const { findings } = await decode(bytes);
    expect(findings).toEqual([
      expect.objectContaining({ id: 'unreadable-archive', detail: expect.stringMatching(says) }),
    ]);
  });

  it('finds a bomb', async () => {
    const { findings } = await decode(compressBzip2(Buffer.alloc(65 * 1024 ** 2), '-9'));
    expect(findings).toEqual([expect.objectContaining({ id: 'bomb' })]);
  });

  it('reads the tar in it, and what follows from its content is not told apart', async () => {
    const [a = text, b = text] = [1, 2].map((mtime) =>
      compressBzip2(buildTar([{ name: 'a', data: 'x', mtime }]), '-9'),
    );
    const { result, differences } = await compareSources(memorySource(a), memorySource(b));
    expect(result).toBe('equivalent');
    expect(differences).toEqual([
      expect.objectContaining({ path: ['a'], field: 'mtime', pass: 'tar-times' }),
    ]);
  });

  it('decodes or refuses what libbz2 decodes or refuses, of 600 streams that were changed', async () => {
    const good = [text.subarray(0, 900), noise(300, 'n'), Buffer.alloc(3000), Buffer.alloc(0)].map((data) =>
      compressBzip2(data, '-1'),
    );
    const streams = [...good, ...changedStreams(good, 600, 'bzip2')];
    const ours = await Promise.all(
      streams.map(async (stream) => {
        const { archive, content, findings } = await decode(stream);
        // Bits behind the end of the stream, which libbz2 does not look at.
        const faults = findings.filter(({ id }) => id !== 'nonzero-padding');
        if (archive === undefined || faults.length > 0) return undefined;
        return createHash('sha256').update(content).digest('hex');
      }),
    );
    expect(ours).toEqual(decodedByPython('bzip2', streams));
    expect(ours.slice(0, good.length)).not.toContain(undefined);
  });

  it('agrees with the real bzip2 about every prefix of a stream: only the whole of it decodes', async () => {
    const bytes = compressBzip2('hello', '-9');
    for (let size = 10; size < bytes.byteLength; size++) {
      expect((await decode(bytes.subarray(0, size))).archive).toBeUndefined();
    }
    expect(() => execFileSync('bzip2', ['-t'], { input: bytes })).not.toThrow();
  });
});
