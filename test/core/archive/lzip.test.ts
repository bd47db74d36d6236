import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { buildTar } from './build-tar.ts';
import { codecFixture, fixtureDigest } from './codec-fixture.ts';
import { compressLzip } from './compress-lzip.ts';
import { decode } from './decode.ts';
import { noise } from './noise.ts';

describe('an lzip', () => {
  it('decodes what lzip made, byte for byte', async () => {
    const { archive, content, findings } = await decode(codecFixture('text.lz'));
    expect({ format: archive?.format, findings }).toEqual({ format: 'lzip', findings: [] });
    expect(createHash('sha256').update(content).digest('hex')).toBe(fixtureDigest('text'));
  });

  it('decodes any content, of any size and dictionary', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5000 }),
        fc.integer({ min: 12, max: 24 }),
        async (bytes, log) => {
          const data = Buffer.concat([bytes, bytes]);
          const { content, findings } = await decode(compressLzip(data, log));
          expect(findings).toEqual([]);
          expect(content.equals(data)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('decodes several members as one, and tells each behind the first', async () => {
    const members = ['one ', '', 'two'].map((part) => compressLzip(part));
    const { content, findings, archive } = await decode(Buffer.concat(members));
    expect(content.toString()).toBe('one two');
    expect(findings.map(({ id, offset }) => ({ id, offset }))).toEqual([
      { id: 'second-member', offset: members[0]?.byteLength },
      { id: 'second-member', offset: (members[0]?.byteLength ?? 0) + (members[1]?.byteLength ?? 0) },
    ]);
    expect(Object.keys(archive?.fields ?? {})).toContain('lzip3_blocks');
  });

  it('lets no byte that changed go by', async () => {
    const bytes = compressLzip('hello '.repeat(30));
    for (let at = 0; at < bytes.byteLength; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const { archive, findings } = await decode(changed);
      // Another dictionary is possible, and is told by the header.
      const told = at === 5 && archive?.fields['lzip_header'] !== '0x0110';
      expect({ at, noticed: archive === undefined || findings.length > 0 || told }).toEqual({
        at,
        noticed: true,
      });
    }
  });

  it.each([
    { what: 'another version', at: 4, value: 0, says: /its version is 0, and only 1 is read$/ },
    { what: 'a dictionary that there is not', at: 5, value: 11, says: /the dictionary has an unknown size$/ },
    { what: 'another size', at: -16, value: 9, says: /another size than it says$/ },
    { what: 'another compressed size', at: -8, value: 9, says: /another compressed size than it says$/ },
  ])('refuses $what with a sentence', async ({ at, value, says }) => {
    const bytes = compressLzip('hello');
    bytes[at < 0 ? bytes.byteLength + at : at] = value;
    expect((await decode(bytes)).findings).toEqual([
      expect.objectContaining({ id: 'unreadable-archive', detail: expect.stringMatching(says) }),
    ]);
  });

  it('tells a wrong checksum, and what comes behind its end', async () => {
    const wrong = compressLzip('hello');
    wrong[wrong.byteLength - 20] = (wrong[wrong.byteLength - 20] ?? 0) ^ 1;
    expect((await decode(wrong)).findings).toEqual([
      expect.objectContaining({ id: 'content-mismatch', detail: 'the checksum of member 1' }),
    ]);
    const longer = Buffer.concat([compressLzip('hello'), Buffer.from('hidden')]);
    expect((await decode(longer)).findings.map(({ id }) => id)).toEqual(['bytes-after']);
  });

  it('reads the tar in it, and sets another compression aside', async () => {
    const tar = buildTar([{ name: 'a', data: noise(100, 'a') }]);
    const [a, b] = [compressLzip(tar, 16), compressLzip(tar, 17)];
    const report = await compareSources(memorySource(a), memorySource(b));
    expect({ result: report.result, passes: report.passes.map(({ id }) => id) }).toEqual({
      result: 'equivalent',
      passes: ['lzip-compression'],
    });
  });
});
