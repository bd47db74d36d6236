import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '#core/archive/archive-facts.ts';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { buildTar } from './build-tar.ts';

const size = 3_000_000;
let folder: string;

/** A file with this many pieces of data, holes before, between and behind them. */
function writeSparse(name: string, pieces: number): Buffer {
  const file = openSync(path.join(folder, name), 'w');
  ftruncateSync(file, size);
  for (let piece = 0; piece < pieces; piece += 1) {
    writeSync(file, Buffer.from(`piece ${piece}`), 0, undefined, 40_960 * (piece + 1));
  }
  closeSync(file);
  return readFileSync(path.join(folder, name));
}

function tar(names: readonly string[], ...options: string[]): Buffer {
  const all = ['--sparse', '--hole-detection=raw', '--owner=root:0', '--group=root:0', ...options];
  return execFileSync('tar', ['-c', ...all, '-f', '-', '--', ...names], {
    cwd: folder,
    maxBuffer: 64 * 1024 ** 2,
  });
}

const facts = (bytes: Buffer) => readFacts(memorySource(bytes), { texts: [], nestedDigests: true });
const forms = [
  ['--format=gnu'],
  ['--format=posix', '--sparse-version=0.0'],
  ['--format=posix', '--sparse-version=0.1'],
  ['--format=posix', '--sparse-version=1.0'],
];

describe('a sparse member', () => {
  let contents: ReadonlyMap<string, Buffer>;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'assay-sparse-'));
    contents = new Map(
      [0, 1, 4, 5, 26, 60].map((pieces) => [`f${pieces}`, writeSparse(`f${pieces}`, pieces)]),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(forms)('has the content that tar unpacks (%s %s)', async (...options) => {
    const bytes = tar([...contents.keys()], ...options.filter((option) => option !== undefined));
    expect(bytes.byteLength).toBeLessThan(size);
    const { members, findings, cut } = await facts(bytes);
    expect(members.map(({ path: names, sha256 }) => [names[0], sha256])).toEqual(
      [...contents].map(([name, content]) => [name, createHash('sha256').update(content).digest('hex')]),
    );
    expect(new Set(findings.map(({ id }) => id))).toEqual(new Set(['sparse-member']));
    expect(findings.map((finding) => finding.path[0])).toEqual([...contents.keys()]);
    expect(cut).toEqual([]);
  });

  it('of one content in two forms differs in its fields and not in its content', async () => {
    const [a, b] = forms.map((options) => tar(['f5'], ...options));
    if (a === undefined || b === undefined) throw new Error('no form');
    const { result, differences } = await compareSources(memorySource(a), memorySource(b));
    expect(result).toBe('different');
    expect(differences.map(({ kind }) => kind)).not.toContain('content');
    expect(differences.map(({ field }) => field)).toContain('type');
  });

  it.each([
    ['extents that overlap', '0,10,5,10'],
    ['extents beyond the size', '0,10,2000,10'],
    ['fewer bytes than are stored', '0,10'],
    ['a half of an extent', '0,10,20'],
    ['no numbers', '0,10,20,-1'],
  ])('with a map of %s is read as its stored bytes, and says so', async (_, map) => {
    const pax = { 'GNU.sparse.size': '1000', 'GNU.sparse.map': map, 'GNU.sparse.name': 'real' };
    const { members, findings } = await facts(buildTar([{ name: 'x', data: 'd'.repeat(20), pax }]));
    expect(members.map(({ path: names, size: bytes }) => [names, bytes])).toEqual([[['real'], 20]]);
    expect(findings.map(({ id }) => id)).toEqual(['sparse-member', 'undecodable-content']);
  });

  it('cannot ask for more zeros than the budget of decoded bytes', async () => {
    const pax = { 'GNU.sparse.size': '900000000000000', 'GNU.sparse.map': '899999999999995,5' };
    const bytes = buildTar([{ name: 'x', data: 'hello', pax }]);
    const limits = { decodedBytesMax: 100 * 1024 ** 2 };
    const { cut, findings } = await readFacts(memorySource(bytes), {
      texts: [],
      nestedDigests: true,
      limits,
    });
    expect(cut).toEqual([
      {
        kind: 'unread',
        detail: expect.stringMatching(/^reading stopped after \d+ decoded bytes$/) as string,
      },
    ]);
    expect(findings.map(({ id }) => id)).toEqual(['sparse-member', 'bomb']);
  });
});
