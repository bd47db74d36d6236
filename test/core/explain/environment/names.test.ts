import { describe, expect, it } from 'vitest';
import type { Comparison } from '#schemas/comparison.ts';
import { buildTar } from '../../archive/build-tar.ts';
import { compare, Workshop } from '../tools/made.ts';

/** Names made by date, mktemp and tar, as scripts of builds do it. */

const work = new Workshop();
const fixed = ['--mtime=@0', '--owner=0', '--group=0', '--sort=name', '--mode=755'];
let runs = 0;

/** What `script` leaves in `dist`, packed from inside of the build's folder or by an absolute path. */
function packed(script: string, from = 'dist'): Buffer {
  const name = `build-${(runs += 1)}`;
  work.write(`${name}/dist/fixed.txt`, 'fixed');
  work.run('sh', ['-ec', script], { in: name });
  work.run('sh', ['-ec', `tar ${fixed.join(' ')} -cf ../${name}.tar ${from}`], { in: name });
  return work.read(`${name}.tar`);
}

/** Kinds of differences, each with the cause that claims it. */
const told = ({ differences }: Comparison) =>
  differences.filter(({ kind }) => kind !== 'order').map(({ kind, cause }) => [kind, cause]);
const ids = ({ causes }: Comparison) => causes.map(({ id }) => id);
const tarOf = (name: string, data = 'the same') => buildTar([{ name, data }]);

describe('time-in-name', () => {
  const named = (date: string) => packed(`echo x > "dist/build-$(${date} +%Y%m%d).log"`);

  it('is the cause of a name that date made, with both times and the change of the clock', async () => {
    const compared = await compare(named('date -u -d @1763812800'), named('date -u -d @1763899200'));
    expect(told(compared)).toEqual([['renamed', 'time-in-name']]);
    expect(compared.causes).toMatchObject([
      {
        id: 'time-in-name',
        evidence: [{ a: '20251122', b: '20251123' }],
        change: { kind: 'clock' },
      },
    ]);
  });

  it('is not claimed for a version, a part, or names that differ by more', async () => {
    for (const [a, b] of [
      ['lib-2.26.1.so', 'lib-2.26.2.so'],
      ['disk-20.img', 'disk-21.img'],
      ['log-20251122-red', 'log-20251123-blue'],
    ] as const) {
      expect(ids(await compare(tarOf(a), tarOf(b)))).not.toContain('time-in-name');
    }
  });

  it('goes with SOURCE_DATE_EPOCH', () => {
    const made = () => named('SOURCE_DATE_EPOCH=1700000000; date -u -d "@$SOURCE_DATE_EPOCH"');
    expect(made().equals(made())).toBe(true);
  });
});

describe('random-name', () => {
  it('is the cause of names that mktemp made', async () => {
    const made = () => packed('d=$(mktemp -d -p dist tmp.XXXXXXXXXX); echo x > "$d/out.txt"');
    const compared = await compare(made(), made());
    expect(told(compared)).toEqual([
      ['renamed', 'random-name'],
      ['renamed', 'random-name'],
    ]);
    expect(ids(compared)).toEqual(['random-name']);
  });

  it('is the cause of a name by a UUID, also where the content is another', async () => {
    const made = (text: string) => packed(`echo ${text} > "dist/$(cat /proc/sys/kernel/random/uuid).json"`);
    expect(ids(await compare(made('1'), made('2')))).toContain('random-name');
  });

  it('is not claimed for a digest of a content that differs, or for words', async () => {
    const digest = await compare(tarOf('main.3f2a9c1d.js', 'one'), tarOf('main.9e8d7c6b.js', 'two'));
    expect(ids(digest)).not.toContain('random-name');
    expect(ids(await compare(tarOf('tmpfiles/a'), tarOf('tmpdirectory/a')))).not.toContain('random-name');
  });

  it('goes with a folder that has a fixed name', () => {
    const made = () => packed('mkdir dist/tmp.fixed; echo x > dist/tmp.fixed/out.txt');
    expect(made().equals(made())).toBe(true);
  });
});

describe('build-path-in-name', () => {
  it('is the cause of names below the absolute path that tar was given', async () => {
    const made = () => packed('echo x > dist/a', '"$PWD/dist"');
    const compared = await compare(made(), made());
    expect(
      told(compared).every(([kind, cause]) => kind === 'renamed' && cause === 'build-path-in-name'),
    ).toBe(true);
    expect(compared.differences).toHaveLength(3);
    expect(compared.causes.map(({ id, change }) => [id, change?.kind])).toEqual([
      ['build-path-in-name', 'build-path'],
    ]);
  });

  it('is claimed for a path that was made a name', async () => {
    const compared = await compare(tarOf('#home#ann#work#main.gcda'), tarOf('#build#pkg-1.0#main.gcda'));
    expect(ids(compared)).toEqual(['build-path-in-name']);
  });

  it('is not claimed for folders of the package', async () => {
    for (const [a, b] of [
      ['usr/lib/x.so', 'usr/lib64/x.so'],
      ['old/src/a', 'new/src/a'],
      ['tmp/tmpab12cd34/out', 'tmp/tmpzz98yy76/out'],
    ] as const) {
      expect(ids(await compare(tarOf(a), tarOf(b)))).not.toContain('build-path-in-name');
    }
  });

  it('goes when tar packs from inside of the folder', () => {
    const made = () => packed('echo x > dist/a', '-C "$PWD/dist" .');
    expect(made().equals(made())).toBe(true);
  });
});

describe('renamed-file', () => {
  it('is told of what nothing else explains, and only then', async () => {
    expect(ids(await compare(tarOf('old/a.txt'), tarOf('new/a.txt')))).toEqual(['renamed-file']);
    expect(ids(await compare(tarOf('log-20251122'), tarOf('log-20251123')))).toEqual(['time-in-name']);
    const digest = await compare(tarOf('main.3f2a9c1d.js', 'one'), tarOf('main.9e8d7c6b.js', 'two'));
    expect(ids(digest)).not.toContain('renamed-file');
  });

  it('is not told of a file that one side alone has', async () => {
    expect(ids(await compare(tarOf('a', 'one'), tarOf('b', 'two')))).not.toContain('renamed-file');
  });
});
