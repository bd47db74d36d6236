import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { findingCatalogue, type FindingId } from '#core/archive/findings.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { buildTar } from './build-tar.ts';
import { buildZip } from './build-zip.ts';
import { describeFindings } from './describe-findings.ts';
import { harmless, tinyArchives } from './tiny-archives.ts';

const compare = (a: Buffer, b: Buffer) =>
  compareSources(memorySource(a), memorySource(b), { findings: 'always' });
const ids = Object.keys(findingCatalogue) as FindingId[];
const cases = Object.entries(tinyArchives).flatMap(([id, archives]) =>
  Object.entries(archives ?? {}).map(([name, bytes]) => ({ id, name, bytes })),
);

function harmlessLike(bytes: Buffer): Buffer {
  if (bytes[0] === 0x1f) return harmless.gzip;
  if (bytes[0] === 0x28) return harmless.zstd;
  if (bytes.toString('latin1', 0, 3) === 'BZh') return harmless.bzip2;
  if (bytes[0] === 0xfd) return harmless.xz;
  if (bytes[0] === 0x21) return harmless.ar;
  return bytes.includes('PK\u0003\u0004') ? harmless.zip : harmless.tar;
}

describe('findings', () => {
  it('has a tiny archive for each, but for the one that only a comparison can make', () => {
    expect(ids.filter((id) => tinyArchives[id] === undefined)).toEqual(['executable-differs']);
  });

  it('finds nothing in harmless archives', async () => {
    for (const bytes of Object.values(harmless)) {
      const { result, findings } = await compare(bytes, bytes);
      expect({ result, findings }).toEqual({ result: 'identical', findings: [] });
    }
  });

  it.each(cases)('$id, $name: is told of identical files, too', async ({ id, bytes }) => {
    const { result, findings } = await compare(bytes, bytes);
    expect(result).toBe('identical');
    expect(findings.filter((finding) => finding.id === id).map(({ side }) => side)).toContain('both');
  });

  it.each(cases)('$id, $name: is found in both directions and never set aside', async ({ id, bytes }) => {
    const other = harmlessLike(bytes);
    for (const [a, b, side] of [[bytes, other, 'a'] as const, [other, bytes, 'b'] as const]) {
      const { result, findings } = await compare(a, b);
      expect(result).toBe('different');
      expect(findings).toContainEqual(expect.objectContaining({ id, side }));
    }
  });

  it('tells an executable bit that one side has', async () => {
    const plain = buildTar([{ name: 'a', data: 'x', mode: 0o644 }]);
    const executable = buildTar([{ name: 'a', data: 'x', mode: 0o755 }]);
    const { result, findings } = await compare(plain, executable);
    expect(result).toBe('different');
    expect(findings).toEqual([expect.objectContaining({ id: 'executable-differs', side: 'b', path: ['a'] })]);
  });

  it('are not made of a harmless comment, which is set aside by name', async () => {
    const commented = buildZip([{ name: 'a.txt', data: 'hello' }], { comment: 'made by hand' });
    const plain = buildZip([{ name: 'a.txt', data: 'hello' }]);
    for (const [a, b] of [[plain, commented] as const, [commented, plain] as const]) {
      const { result, findings, passes } = await compare(a, b);
      expect({ result, findings }).toEqual({ result: 'equivalent', findings: [] });
      expect(passes).toEqual([expect.objectContaining({ id: 'zip-comment', fields: ['zip_comment'] })]);
    }
  });

  it('tells of archives in archives without an end that not all of it was read', async () => {
    let nested = harmless.zip;
    for (let level = 0; level < 8; level += 1)
      nested = buildZip([{ name: 'again.zip', data: nested, method: 8 }]);
    const { cut, findings } = await compare(nested, nested);
    const detail = 'archives nested deeper than 6 are compared as bytes';
    expect({ cut, findings }).toEqual({ cut: [{ kind: 'unread', detail }], findings: [] });
    const { result } = await compare(nested, buildZip([{ name: 'again.zip', data: nested, method: 8 }]));
    expect(result).toBe('different');
  });

  it('are all in docs/findings.md, which is current (else: node scripts/write-finding-docs.ts)', () => {
    const docs = readFileSync(new URL('../../../docs/findings.md', import.meta.url), 'utf8');
    expect(docs).toBe(describeFindings());
  });
});
