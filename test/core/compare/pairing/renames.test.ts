import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { buildTar, type TarMember } from '#test/core/archive/build-tar.ts';
import { buildZip } from '#test/core/archive/build-zip.ts';

const compare = (a: Buffer, b: Buffer) => compareSources(memorySource(a), memorySource(b));
const lines = (count: number, word: string, other: Record<number, string> = {}) =>
  Array.from({ length: count }, (_, at) => other[at] ?? `${word} ${at} of a text that goes on\n`).join('');

/** What is told of members, one line each. */
async function told(a: readonly TarMember[], b: readonly TarMember[], build = buildTar): Promise<string[]> {
  const { differences, result } = await compare(build(a), build(b));
  expect(result).toBe('different');
  return differences
    .filter(({ path }) => path.length > 0)
    .map(({ kind, path, pathB, pairedBy }) =>
      [kind, path.join(' › '), ...(pathB ? [pathB.join(' › ')] : []), ...(pairedBy ? [pairedBy] : [])].join(
        ' ',
      ),
    );
}

describe('a member with another name', () => {
  it('is told as renamed where the content is the same, and in no other way', async () => {
    expect(await told([{ name: 'a.txt', data: 'hello' }], [{ name: 'b.txt', data: 'hello' }])).toEqual([
      'renamed a.txt b.txt content',
    ]);
  });

  it('is compared under both names where the names differ by a value alone', async () => {
    expect(
      await told(
        [{ name: 'dist/main.3f2a9c1d.js', data: 'let x = 1;\n' }],
        [{ name: 'dist/main.9e8d7c6b.js', data: 'let y = 2;\n' }],
      ),
    ).toEqual([
      'renamed dist/main.3f2a9c1d.js dist/main.9e8d7c6b.js name',
      'content dist/main.3f2a9c1d.js dist/main.9e8d7c6b.js',
    ]);
  });

  it.each([
    ['build-20261122.log', 'build-20261123.log'],
    ['build-2026-11-22T10:00:00Z.log', 'build-2026-11-23T11:11:11Z.log'],
    ['x/tmpab12cd34/out', 'x/tmpzz98yy76/out'],
    ['libx-1.2.3.dist-info/METADATA', 'libx-1.2.4.dist-info/METADATA'],
    ['pkg-1.0rc1/setup.py', 'pkg-1.0/setup.py'],
    ['f/5a1e6c0f-9c3a-4d6e-8b6e-0f1e2d3c4b5a.dat', 'f/0d9c8b7a-6f5e-4d3c-9b2a-1f0e9d8c7b6a.dat'],
  ])('%s and %s are the same name but for a value', async (a, b) => {
    expect(await told([{ name: a, data: '1' }], [{ name: b, data: '2' }])).toEqual([
      `renamed ${a} ${b} name`,
      `content ${a} ${b}`,
    ]);
  });

  it.each([
    ['one.txt', 'two.txt'],
    ['part-1.txt', 'part-2.txt'],
    ['main.component.js', 'main.bootstrap.js'],
    ['lib-1.2.jar', 'bil-1.3.jar'],
  ])('%s and %s are two members where their contents have nothing in common', async (a, b) => {
    expect((await told([{ name: a, data: '1' }], [{ name: b, data: '2' }])).sort()).toEqual([
      `extra ${b}`,
      `missing ${a}`,
    ]);
  });

  it('of several alike by name, each goes with the one that has most in common with it', async () => {
    const chunk = (word: string, more = {}) => lines(40, word, more);
    const members = (names: readonly string[], more: object) =>
      ['apple', 'pear', 'plum'].map((word, at) => ({ name: `c-${names[at]}.js`, data: chunk(word, more) }));
    const a = members(['aaaa1111', 'bbbb2222', 'cccc3333'], {});
    const b = members(['ffff9999', 'eeee8888', 'dddd7777'], { 7: 'another line\n' });
    expect(await told(a, b)).toEqual([
      'renamed c-aaaa1111.js c-ffff9999.js similarity',
      'content c-aaaa1111.js c-ffff9999.js',
      'renamed c-bbbb2222.js c-eeee8888.js similarity',
      'content c-bbbb2222.js c-eeee8888.js',
      'renamed c-cccc3333.js c-dddd7777.js similarity',
      'content c-cccc3333.js c-dddd7777.js',
    ]);
  });

  it('says how much of the content is the same, and shows what is not', async () => {
    const a = [{ name: 'src/util.py', data: lines(50, 'def') }];
    const b = [{ name: 'lib/helpers.py', data: lines(50, 'def', { 20: 'a new line\n' }) }];
    const { differences } = await compare(buildTar(a), buildTar(b));
    expect(differences).toMatchObject([
      {
        kind: 'renamed',
        path: ['src/util.py'],
        pathB: ['lib/helpers.py'],
        a: 'src/util.py',
        b: 'lib/helpers.py',
        pairedBy: 'similarity',
        detail: expect.stringMatching(/^about 9\d % of the content is the same$/),
      },
      { kind: 'content', pathB: ['lib/helpers.py'], inside: { format: 'text', partsTotal: 1 } },
    ]);
  });

  it('is not paired with what has less than half in common', async () => {
    const other = Object.fromEntries(
      Array.from({ length: 35 }, (_, at) => [at, `quite another ${at * 7}\n`]),
    );
    expect(
      await told([{ name: 'a', data: lines(50, 'x') }], [{ name: 'b', data: lines(50, 'x', other) }]),
    ).toEqual(['missing a', 'extra b']);
  });

  it('is known again in a binary of which bytes were put in', async () => {
    const binary = Buffer.from(
      Array.from({ length: 20_000 }, (_, at) => (at * at * 31 + at * 7 + (at >> 3)) & 0xff),
    );
    const longer = Buffer.concat([binary.subarray(0, 9000), Buffer.from('put in'), binary.subarray(9000)]);
    expect(await told([{ name: 'libone.so', data: binary }], [{ name: 'libtwo.so', data: longer }])).toEqual([
      'renamed libone.so libtwo.so similarity',
      'content libone.so libtwo.so',
    ]);
  });

  it('goes with its folder, and so does the folder itself', async () => {
    const folder = (name: string, version: string) => [
      { name: `${name}/`, type: '5' as const },
      { name: `${name}/a.txt`, data: 'the same' },
      { name: `${name}/deep/b.txt`, data: 'the same, too' },
      { name: `${name}/v`, data: version },
      { name: `${name}/empty` },
    ];
    expect(await told(folder('old', '1'), folder('new', '2'))).toEqual([
      'renamed old/ new/ folder',
      'renamed old/a.txt new/a.txt content',
      'renamed old/deep/b.txt new/deep/b.txt content',
      'renamed old/empty new/empty content',
      'renamed old/v new/v folder',
      'content old/v new/v',
    ]);
  });

  it('is opened where it is an archive, and its members are compared', async () => {
    const inner = (text: string) =>
      buildZip([
        { name: 'META-INF/MANIFEST.MF', data: 'Manifest-Version: 1.0\n' },
        { name: 'a/B.class', data: 'one' },
        { name: 'a/C.class', data: 'two' },
        { name: 'a/D.txt', data: text },
      ]);
    expect(
      await told(
        [{ name: 'lib/first.jar', data: inner('1') }],
        [{ name: 'lib/second.jar', data: inner('2') }],
      ),
    ).toEqual([
      'renamed lib/first.jar lib/second.jar similarity',
      'content lib/first.jar › a/D.txt lib/second.jar › a/D.txt',
    ]);
  });

  it('is known again in a compressed form', async () => {
    const a = [{ name: 'man/one.1.gz', data: gzipSync(lines(60, 'x')) }];
    const b = [{ name: 'man/two.1.gz', data: gzipSync(lines(60, 'x', { 3: 'y\n' })) }];
    expect(await told(a, b)).toEqual([
      'renamed man/one.1.gz man/two.1.gz similarity',
      'content man/one.1.gz man/two.1.gz',
    ]);
  });

  it('tells what else is other about it: mode, time, owner', async () => {
    const { differences, findings } = await compare(
      buildTar([{ name: 'a', data: 'same', mode: 0o644 }]),
      buildTar([{ name: 'b', data: 'same', mode: 0o755 }]),
    );
    expect(differences.map(({ kind, field }) => field ?? kind)).toEqual(['renamed', 'mode']);
    expect(findings).toMatchObject([{ id: 'executable-differs', side: 'b', path: ['b'] }]);
  });

  it('is paired once: a copy more is told as such', async () => {
    const copy = (name: string) => ({ name, data: 'the same content' });
    expect(await told([copy('a')], [copy('x'), copy('y')])).toEqual(['renamed a x content', 'extra y']);
  });

  it('is no other where it is empty or a link, for these are all alike', async () => {
    const link = (name: string) => ({ name, type: '2' as const, linkname: 'x' });
    expect(await told([{ name: 'a' }, link('k')], [{ name: 'b' }, link('l')])).toEqual([
      'missing a',
      'extra b',
      'missing k',
      'extra l',
    ]);
  });

  it('shares a finding with its other name: told once, with both paths', async () => {
    const su = (name: string) => buildTar([{ name, data: 'the same program', mode: 0o4755 }]);
    const { findings, result } = await compare(su('bin/su-1.0'), su('bin/su-1.1'));
    expect(result).toBe('different');
    expect(findings).toMatchObject([
      { id: 'setuid', side: 'both', path: ['bin/su-1.0'], pathB: ['bin/su-1.1'] },
    ]);
  });

  it('keeps each finding that one side alone has', async () => {
    const su = (name: string, mode: number) => buildTar([{ name, data: 'the same program', mode }]);
    const { findings } = await compare(su('bin/su-1.0', 0o755), su('bin/su-1.1', 0o4755));
    expect(findings).toMatchObject([{ id: 'setuid', side: 'b', path: ['bin/su-1.1'] }]);
  });

  it('is never set aside, whatever passes take of it', async () => {
    const member = (name: string, mtime: number) => buildTar([{ name, data: 'same', mtime }]);
    const { result, differences } = await compare(member('a', 1), member('b', 2));
    expect(result).toBe('different');
    expect(differences.map(({ kind, pass }) => [kind, pass])).toEqual([
      ['renamed', undefined],
      ['metadata', 'tar-times'],
    ]);
  });
});
