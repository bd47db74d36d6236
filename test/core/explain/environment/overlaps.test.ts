import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainers } from '#core/explain/explainers.ts';
import { compareAs } from '../tools/made.ts';
import { causeIds } from './ids.ts';

/** Which cause it is where several could be: the earlier one in the list of explainers. */

const uuid = (head: string, version: number) => `${head}-1d2c-${version}1ee-8a7b-0242ac120002`;

describe('one difference that several explainers could claim', () => {
  it.each([
    ['a day inside a UUID of the time', uuid('20261122', 1), uuid('20261123', 1), 'random-value'],
    ['a path with the name of a user', '/home/ann/pkg/src/m.py', '/home/bob/pkg/src/m.py', 'build-path'],
    ['the home of a user', 'HOME_DIR /home/ann', 'HOME_DIR /home/bob', 'home-folder'],
    ['an epoch behind a word for a process', 'pid 1795348800', 'pid 1795348801', 'build-time-in-content'],
    ['a number of a process', 'pid 4711', 'pid 4838', 'process-id'],
    ['the same number behind another word', 'lines 4711', 'lines 4838', undefined],
    ['a variable with a path', 'PATH=/opt/a/bin:/bin', 'PATH=/opt/b/bin:/bin', 'environment-variable'],
    ['a variable of a locale', 'LANG=de_DE.UTF-8', 'LANG=C.UTF-8', 'locale'],
    ['a variable of a zone', 'TZ=Europe/Berlin', 'TZ=UTC', 'time-zone'],
    ['a variable of a user', 'USER=ann', 'USER=root', 'user-and-host'],
    ['a variable of a home', 'HOME=/home/ann', 'HOME=/root', 'home-folder'],
    [
      'a version with the day of a build',
      '1.3.dev3+g1a2b3c4.d20261122',
      '1.3.dev3+g1a2b3c4.d20261123',
      'version-from-git',
    ],
    ['a temporary name with a number', '/tmp/tmp.aB3dE5gH7j/x', '/tmp/tmp.Zy9Xw7Vu5t/x', 'random-value'],
    [
      'a path with a day',
      '/srv/build-20261122/pkg/m.c',
      '/srv/build-20261123/pkg/m.c',
      'build-time-in-content',
    ],
    ['a date in two zones', '2026-11-22 12:00:00 UTC', '2026-11-22 13:00:00 CET', 'time-zone'],
    ['a date in two languages', 'Sun Nov 22 12:00:00 2026', 'dim. 22 nov. 2026 12:00:00', 'locale'],
    ['a kernel with a date', 'Linux 6.1.0-18-amd64', 'Linux 6.1.0-21-amd64', 'kernel-release'],
    ['files in the order of a directory', 'b.c\na.c\nd.c\nc.c\n', 'c.c\nb.c\na.c\nd.c\n', 'file-order'],
    ['files by two rules of sorting', 'B.c\nD.c\na.c\nc.c\n', 'a.c\nB.c\nc.c\nD.c\n', 'locale'],
    ['words in the order of a hash', 'red\nblue\ngreen\nteal\n', 'teal\nred\nblue\ngreen\n', 'hash-order'],
    [
      'sentences as jobs ended',
      'job 2 ok\njob 9 ok\njob 1 ok\n',
      'job 9 ok\njob 1 ok\njob 2 ok\n',
      'parallel-order',
    ],
  ])('%s', async (_name, a, b, expected) => {
    const [there, back] = [await compareAs('f.txt', a, b), await compareAs('f.txt', b, a)];
    expect(there.differences[0]?.cause).toBe(expected);
    expect(back.differences[0]?.cause).toBe(expected);
  });

  it('a line in which a path, a user, a day and a process differ has all four as causes', async () => {
    const line = (path: string, user: string, day: number, pid: number) =>
      `built by ${user} in /${path}/pkg at 2026-11-${day} 12:00:0${day % 10} pid ${pid}`;
    const ids = await causeIds(line('srv/a', 'ann', 22, 4711), line('build/b', 'root', 23, 815));
    expect(ids).toEqual(
      expect.arrayContaining(['build-path', 'user-and-host', 'build-time-in-content', 'process-id']),
    );
  });
});

describe('contents that have nothing to do with each other', () => {
  it.each([
    ['two texts', 'On 2026-11-22 ann went home.\n', 'PATH=/usr/bin:/bin\nHOME=/root\n'],
    ['a text and a binary', 'built 2026-11-22 in /srv/a\n', Buffer.from([0, 1, 2, 3, 255, 254, 0, 9])],
    ['an empty file and a text', '', 'pid 4711\nuser: ann\n'],
  ])('have no cause: %s', async (_name, a, b) => {
    expect(await causeIds(a, b)).toEqual([]);
  });

  it('have no cause where both are random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 64, maxLength: 4096 }),
        fc.uint8Array({ minLength: 64, maxLength: 4096 }),
        async (a, b) => {
          fc.pre(a.byteLength !== b.byteLength && a.includes(0) && b.includes(0));
          expect(await causeIds(Buffer.from(a), Buffer.from(b), 'f.bin')).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('every explainer', () => {
  it('names the same causes whichever side is first', async () => {
    const value = fc.constantFrom(
      '2026-11-22 12:00:00',
      '1795348800',
      uuid('20261122', 4),
      '/home/ann/pkg/m.py',
      '/usr/bin/sed',
      '/bin/sed',
      'ann@laptop',
      'make -j8',
      'LANG=C',
      '3,14',
      '6.1.0-18-amd64',
      '\n',
      'x',
      '',
    );
    const text = fc.array(value, { maxLength: 12 }).map((values) => values.join(' '));
    await fc.assert(
      fc.asyncProperty(text, text, async (a, b) => {
        expect((await causeIds(a, b)).sort()).toEqual((await causeIds(b, a)).sort());
      }),
      { numRuns: 200 },
    );
  });

  it('says what it looks like, how it comes about, and what it can propose', () => {
    for (const { meta } of explainers) {
      expect(meta.looksLike, meta.id).toMatch(/\S/);
      expect(meta.why, meta.id).toMatch(/\.$/);
      expect(meta.remedy.length, meta.id).toBeLessThanOrEqual(2000);
      expect(meta.looksLike, meta.id).not.toContain('```');
      for (const fix of Object.values(meta.fixes)) expect(fix.split('`').length % 2, fix).toBe(1);
    }
  });
});
