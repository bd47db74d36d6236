import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { describePasses } from '#core/normalize/describe-passes.ts';
import { passes } from '#core/normalize/passes.ts';
import { buildTar } from '../archive/build-tar.ts';
import { buildZip, type ZipMember } from '../archive/build-zip.ts';

const compare = (a: Buffer, b: Buffer) => compareSources(memorySource(a), memorySource(b));

function row({ name, data }: { name: string; data: Buffer }): string {
  return `${name},sha256=${createHash('sha256').update(data).digest('base64url')},${data.byteLength}\n`;
}

/** A wheel whose RECORD is true, unless `record` says otherwise. */
function wheel(
  files: { name: string; data: Buffer }[],
  record?: (rows: string[]) => string,
  member: Partial<ZipMember> = {},
): Buffer {
  const rows = [...files.map(row), 'x-1.dist-info/RECORD,,\n'];
  const text = record?.(rows) ?? rows.join('');
  return buildZip([
    ...files.map((file) => ({ ...file, ...member })),
    { name: 'x-1.dist-info/RECORD', data: text },
  ]);
}

const gz = (mtime: number) => {
  const bytes = gzipSync('data');
  bytes.writeUInt32LE(mtime, 4);
  return bytes;
};

describe('zip-times', () => {
  it('sets aside DOS times and extended times, and says how many bytes', async () => {
    const extra = (seconds: number) => {
      const bytes = Buffer.from([0x55, 0x54, 5, 0, 1, 0, 0, 0, 0]);
      bytes.writeInt32LE(seconds, 5);
      return bytes;
    };
    const zip = (time: number) => buildZip([{ name: 'a', data: 'x', time, extra: extra(time) }]);
    const { result, passes: used } = await compare(zip(0x1111), zip(0x2222));
    expect(result).toBe('equivalent');
    expect(used).toEqual([
      {
        id: 'zip-times',
        title: 'Times of zip members',
        members: ['a'],
        membersTotal: 1,
        fields: ['extra_times', 'local_extra_times', 'mtime'],
        bytes: 32,
      },
    ]);
  });

  it('does not set aside a time that only one of a member’s two records has', async () => {
    const zip = buildZip([{ name: 'a', data: 'x' }]);
    const changed = Buffer.from(zip);
    changed[10] = (changed[10] ?? 0) ^ 1;
    expect((await compare(zip, changed)).result).toBe('different');
  });

  it('does not set aside an extra field that nobody knows, the system or a mode', async () => {
    const zip = (member: Partial<ZipMember>) => buildZip([{ name: 'a', data: 'x', ...member }]);
    for (const other of [{ extra: Buffer.from([1, 1, 1, 0, 9]) }, { system: 0 }, { mode: 0o100755 }]) {
      expect((await compare(zip({}), zip({ ...other, time: 0x1111 }))).result).toBe('different');
    }
  });
});

describe('tar-times and gzip-time', () => {
  it('set aside header and pax times, in nested archives, too', async () => {
    const tar = (mtime: number) =>
      buildTar([
        { name: 'a', data: 'x', mtime },
        { name: 'b', data: 'y', pax: { mtime: `${mtime}.5` } },
        { name: 'n.gz', data: gz(mtime) },
      ]);
    const { result, passes: used } = await compare(tar(1_000_000_000), tar(1_000_000_007));
    expect(result).toBe('equivalent');
    expect(used.map(({ id, members }) => ({ id, members }))).toEqual([
      { id: 'tar-times', members: ['a', 'b'] },
      { id: 'gzip-time', members: ['n.gz'] },
    ]);
  });

  it('do not set aside a second gzip member', async () => {
    expect((await compare(gz(1), Buffer.concat([gz(5), gz(5)]))).result).toBe('different');
    expect((await compare(Buffer.concat([gz(1), gz(1)]), Buffer.concat([gz(1), gz(5)]))).result).toBe(
      'different',
    );
  });
});

describe('record-file', () => {
  const file = { name: 'x/a.py', data: Buffer.from('a') };
  const asset = (mtime: number) => ({ name: 'x/d.gz', data: gz(mtime) });

  it('sets RECORD aside where it differs only because of members whose differences are set aside', async () => {
    const { result, passes: used } = await compare(wheel([file, asset(1)]), wheel([file, asset(2)]));
    expect(result).toBe('equivalent');
    expect(used.map(({ id }) => id)).toEqual(['gzip-time', 'record-file']);
    expect(used[1]?.bytes).toBeGreaterThan(0);
  });

  it('sets aside another order of the rows', async () => {
    const { result } = await compare(
      wheel([file, asset(1)]),
      wheel([file, asset(1)], (rows) => rows.toReversed().join('')),
    );
    expect(result).toBe('equivalent');
  });

  it.each([
    ['lies about a digest', (rows: string[]) => rows.join('').replace('sha256=', 'sha256=A')],
    ['lists a file that is not there', (rows: string[]) => `${rows.join('')}x/evil.py,,\n`],
    ['lists a file twice', (rows: string[]) => `${rows[0]}${rows.join('')}`],
    ['leaves a file out', (rows: string[]) => rows.slice(1).join('')],
    ['has other line ends', (rows: string[]) => rows.join('').replaceAll('\n', '\r\n')],
    ['quotes what it need not', (rows: string[]) => rows.join('').replace('RECORD,,', 'RECORD," ",')],
  ])('does not set aside one that %s', async (_, record) => {
    expect((await compare(wheel([file]), wheel([file], record))).result).toBe('different');
  });

  it('does not set aside one of two in one archive', async () => {
    const [other, second] = ['y-1.dist-info/RECORD,,\n', 'y-1.dist-info/RECORD'];
    const two = (rows: string) =>
      buildZip([
        { name: 'x-1.dist-info/RECORD', data: rows },
        { name: second, data: other },
      ]);
    const rows = ['x-1.dist-info/RECORD,,\n', row({ name: second, data: Buffer.from(other) })];
    expect((await compare(two(rows.join('')), two(rows.toReversed().join('')))).result).toBe('different');
  });

  it('does not hide a member that differs by itself', async () => {
    const { result, differences } = await compare(
      wheel([file]),
      wheel([{ ...file, data: Buffer.from('evil') }]),
    );
    expect(result).toBe('different');
    expect(differences.filter(({ pass }) => pass === undefined).map(({ path }) => path[0])).toEqual([
      'x/a.py',
    ]);
  });
});

describe('the list of passes', () => {
  it('is what docs/passes.md says (else: node scripts/write-pass-docs.ts)', () => {
    const docs = readFileSync(new URL('../../../docs/passes.md', import.meta.url), 'utf8');
    expect(docs).toBe(describePasses());
  });

  it('has an id for each, and no two that touch the same', () => {
    expect(new Set(passes.map(({ id }) => id)).size).toBe(passes.length);
    const touched = passes.flatMap(({ touches: { formats, fields = [], order, contents } }) =>
      formats.flatMap((format) => [
        ...fields.map((field) => `${format} ${field}`),
        ...(order === true ? [`${format} order`] : []),
        ...(contents === undefined ? [] : [`${format} content ${contents.names.source}`]),
      ]),
    );
    expect(new Set(touched).size).toBe(touched.length);
  });
});
