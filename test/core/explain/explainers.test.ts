import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { describeCauses } from '#core/explain/describe-causes.ts';
import { explainers } from '#core/explain/explainers.ts';
import { timestampsOnly } from '#core/explain/timestamps.ts';
import { buildTar } from '../archive/build-tar.ts';
import { buildZip } from '../archive/build-zip.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-explain-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const compare = (a: Buffer, b: Buffer) => compareSources(memorySource(a), memorySource(b));
const causesOf = async (a: Buffer, b: Buffer) => (await compare(a, b)).causes.map(({ id }) => id);
const textTar = (text: string) => buildTar([{ name: 'f.txt', data: text }]);

/** A tar.gz by the real tools, of one folder. */
function realTarball(
  name: string,
  text: string,
  options: { mtime: number; mode?: number; tar?: string[]; gzip?: string[] },
): Buffer {
  const work = join(folder, name);
  mkdirSync(join(work, 'p'), { recursive: true });
  writeFileSync(join(work, 'p', 'build-info.txt'), text);
  chmodSync(join(work, 'p', 'build-info.txt'), options.mode ?? 0o644);
  for (const path of ['p/build-info.txt', 'p']) utimesSync(join(work, path), options.mtime, options.mtime);
  const tar = join(work, 'p.tar');
  execFileSync('tar', ['-C', work, '--owner=0', '--group=0', ...(options.tar ?? []), '-cf', tar, 'p']);
  utimesSync(tar, options.mtime, options.mtime);
  execFileSync('gzip', [...(options.gzip ?? []), tar]);
  return readFileSync(`${tar}.gz`);
}

describe('build-time-in-content', () => {
  it('names the file and both times, in a tar.gz made by tar and gzip', async () => {
    const a = realTarball('t1', 'hello\nbuilt on Sun Nov 22 12:00:00 UTC 2026\n', { mtime: 1, gzip: ['-n'] });
    const b = realTarball('t2', 'hello\nbuilt on Sun Nov 22 12:34:56 UTC 2026\n', { mtime: 1, gzip: ['-n'] });
    const { result, causes, differences } = await compare(a, b);
    expect(result).toBe('different');
    expect(differences).toEqual([
      expect.objectContaining({
        kind: 'content',
        path: ['p/build-info.txt'],
        cause: 'build-time-in-content',
      }),
    ]);
    expect(causes.map(({ id, confidence }) => ({ id, confidence }))).toEqual([
      { id: 'build-time-in-content', confidence: 'likely' },
    ]);
    expect(causes[0]?.evidence).toEqual([
      {
        path: ['p/build-info.txt'],
        offset: 15,
        a: 'Sun Nov 22 12:00:00 UTC 2026',
        b: 'Sun Nov 22 12:34:56 UTC 2026',
      },
    ]);
  });

  it.each([
    ['2026-11-22T12:00:00Z', '2026-11-23T01:02:03Z'],
    ['2026-11-22 12:00:00 +0100', '2026-11-22 12:00:01 +0100'],
    ['Sun, 22 Nov 2026 12:00:00 GMT', 'Mon, 23 Nov 2026 12:00:00 GMT'],
    ['Nov 22 2026', 'Nov 23 2026'],
    ['11/22/2026', '11/23/2026'],
    ['20261122120000', '20261122120001'],
    ['1763812800', '1763812801'],
    ['1763812800123', '1763812801456'],
    ['12:00:00', '12:00:01'],
  ])('knows %s for a time', (a, b) => {
    expect(
      timestampsOnly(`built ${a}, by make`, `built ${b}, by make`)?.map((pair) => [pair.a, pair.b]),
    ).toEqual([[a, b]]);
  });

  it('finds a date in a binary', async () => {
    const binary = (date: string) =>
      buildTar([
        {
          name: 'lib.so',
          data: Buffer.concat([Buffer.alloc(300, 7), Buffer.from(`\0${date}\0`), Buffer.alloc(300, 1)]),
        },
      ]);
    const { causes } = await compare(binary('Nov 22 2026 12:00:00'), binary('Nov 23 2026 12:00:00'));
    expect(causes[0]).toMatchObject({
      id: 'build-time-in-content',
      evidence: [{ path: ['lib.so'], a: 'Nov 22 2026 12:00:00', b: 'Nov 23 2026 12:00:00' }],
    });
  });

  it('does not claim versions, sizes or text beside the date', async () => {
    expect(await causesOf(textTar('version 1.2.3\n'), textTar('version 1.2.4\n'))).toEqual([]);
    expect(await causesOf(textTar('size 1234567\n'), textTar('size 7654321\n'))).toEqual([]);
    expect(await causesOf(textTar('2026-11-22 red\n'), textTar('2026-11-23 blue\n'))).toEqual([]);
  });
});

describe('build-time-in-metadata', () => {
  it('is claimed for tar and gzip times made by the real tools, and these are equivalent', async () => {
    const a = realTarball('m1', 'x', { mtime: 1_700_000_000 });
    const b = realTarball('m2', 'x', { mtime: 1_700_000_100 });
    const { result, causes, passes } = await compare(a, b);
    expect(result).toBe('equivalent');
    expect(causes.map(({ id }) => id)).toEqual(['build-time-in-metadata']);
    expect(passes.map(({ id, bytes }) => ({ id, bytes }))).toEqual([
      { id: 'tar-times', bytes: 48 },
      { id: 'gzip-time', bytes: 8 },
    ]);
  });

  it('has a remedy that works', () => {
    const fixed = { tar: ['--mtime=@0'], gzip: ['-n'] };
    const a = realTarball('r1', 'x', { mtime: 1_700_000_000, ...fixed });
    const b = realTarball('r2', 'x', { mtime: 1_700_000_100, ...fixed });
    expect(a.equals(b)).toBe(true);
  });
});

describe('line-ends', () => {
  it('is claimed where nothing but CRLF and LF differ', async () => {
    const { causes, differences } = await compare(textTar('a\r\nb\r\n'), textTar('a\nb\n'));
    expect(causes).toEqual([expect.objectContaining({ id: 'line-ends', confidence: 'likely' })]);
    expect(differences[0]).toMatchObject({
      a: '2 CRLF, 0 LF',
      b: '0 CRLF, 2 LF',
      detail: 'only the line ends differ',
    });
  });

  it('is likely where most lines are the same but for their ends, possible where few are', async () => {
    const confidence = async (a: string, b: string) =>
      (await compare(textTar(a), textTar(b))).causes[0]?.confidence;
    expect(await confidence('v1\r\na\r\nb\r\n', 'v2\na\nb\n')).toBe('likely');
    expect(await confidence('a\r\nb\r\nc\r\nd\r\n', 'x\nb\ny\nz\n')).toBe('possible');
  });

  it('is not claimed where the texts have nothing in common', async () => {
    expect(await causesOf(textTar('a\r\nb\r\nc\r\n'), textTar('x\ny\nz\n'))).toEqual([]);
  });

  it('is not claimed where both have the same line ends', async () => {
    expect(await causesOf(textTar('a\r\nb\r\n'), textTar('a\r\nc\r\n'))).toEqual([]);
  });
});

describe('built-on-another-system', () => {
  it('is claimed for create_system, with the modes of the same members', async () => {
    const a = buildZip([
      { name: 'a', system: 0, mode: 0o100666 },
      { name: 'b', system: 0, mode: 0o100666 },
    ]);
    const b = buildZip([{ name: 'a' }, { name: 'b' }]);
    const { causes, differences } = await compare(a, b);
    expect(causes.map(({ id }) => id)).toEqual(['built-on-another-system']);
    expect(differences.map(({ field, cause }) => `${field} ${cause}`)).toEqual(
      ['create_system', 'mode', 'create_system', 'mode'].map((field) => `${field} built-on-another-system`),
    );
  });
});

describe('umask', () => {
  it('is claimed for group and other bits, with modes set by the real tool', async () => {
    const a = realTarball('u1', 'x', { mtime: 1, mode: 0o644, gzip: ['-n'] });
    const b = realTarball('u2', 'x', { mtime: 1, mode: 0o664, gzip: ['-n'] });
    expect(await causesOf(a, b)).toEqual(['umask']);
  });

  it('is not claimed for a setuid or an owner bit', async () => {
    const tar = (mode: number) => buildTar([{ name: 'a', mode }]);
    expect(await causesOf(tar(0o755), tar(0o4755))).toEqual([]);
    expect(await causesOf(tar(0o644), tar(0o444))).toEqual([]);
  });
});

describe('file-order, owner, compressor, missing-or-extra-file, tool-version, record-follows', () => {
  it('file-order: the same members in another order, and nothing else', async () => {
    const [a, b] = [
      { name: 'a', data: '1' },
      { name: 'b', data: '2' },
    ];
    const { causes, differences } = await compare(buildTar([a, b]), buildTar([b, a]));
    expect(causes.map(({ id }) => id)).toEqual(['file-order']);
    expect(differences).toEqual([expect.objectContaining({ kind: 'order', a: 'a', b: 'b' })]);
  });

  it('owner: uid and names', async () => {
    const tar = (uid: number, uname: string) => buildTar([{ name: 'a', uid, uname }]);
    expect(await causesOf(tar(0, 'root'), tar(1000, 'me'))).toEqual(['owner']);
  });

  it('compressor: the same content deflated at another level', async () => {
    const text = Buffer.from('hello hello hello '.repeat(500));
    expect(await causesOf(gzipSync(text, { level: 9 }), gzipSync(text, { level: 1 }))).toContain(
      'compressor',
    );
    expect(await causesOf(gzipSync(text), gzipSync(`${text}!`))).not.toContain('compressor');
  });

  it('missing-or-extra-file: with the side', async () => {
    const { causes, differences } = await compare(
      buildTar([{ name: 'a' }]),
      buildTar([{ name: 'a' }, { name: 'b' }]),
    );
    expect(causes.map(({ id }) => id)).toEqual(['missing-or-extra-file']);
    expect(differences).toEqual([expect.objectContaining({ kind: 'extra', path: ['b'], a: null })]);
  });

  it('tool-version: the line that names the tool, with both versions', async () => {
    const wheel = (version: string) =>
      buildZip([
        { name: 'x.dist-info/WHEEL', data: `Wheel-Version: 1.0\nGenerator: hatchling ${version}\n` },
      ]);
    const { causes } = await compare(wheel('1.2'), wheel('1.3'));
    expect(causes).toEqual([
      expect.objectContaining({
        id: 'tool-version',
        evidence: [
          {
            path: ['x.dist-info/WHEEL'],
            offset: 19,
            a: 'Generator: hatchling 1.2',
            b: 'Generator: hatchling 1.3',
          },
        ],
      }),
    ]);
  });

  it('each has an id of its own, and docs/causes.md is current (else: node scripts/write-cause-docs.ts)', () => {
    const docs = readFileSync(new URL('../../../docs/causes.md', import.meta.url), 'utf8');
    expect(docs).toBe(describeCauses());
    expect(new Set(explainers.map(({ meta }) => meta.id)).size).toBe(explainers.length);
  });
});
