import { describe, expect, it } from 'vitest';
import { buildZip } from '../../archive/build-zip.ts';
import { causeOf, compare, compareAs, Workshop } from '../tools/made.ts';
import { causeIds } from './ids.ts';

/** What date, zip, python3, sort and node write in other zones and by other locales. */

const work = new Workshop();
const moment = 1_795_348_800;

describe('time-zone', () => {
  const date = (zone: string, format = '%F %T %z', at = moment) =>
    work.run('date', ['-d', `@${at}`, `+built ${format}`], { env: { TZ: zone } }).toString();

  it('is likely where the zones are told, and nothing else is claimed', async () => {
    const compared = await compareAs('f.txt', date('UTC'), date('Asia/Kolkata'));
    expect(compared.causes).toMatchObject([
      {
        id: 'time-zone',
        confidence: 'likely',
        evidence: [{ a: '2026-11-22 12:00:00 +0000', b: '2026-11-22 17:30:00 +0530' }],
        change: { kind: 'variable', name: 'TZ', value: 'UTC' },
      },
    ]);
  });

  it('is likely for abbreviations, also over midnight, and possible where no zone is told', async () => {
    const named = await compareAs('f.txt', date('UTC', '%c %Z'), date('Pacific/Auckland', '%c %Z'));
    expect(causeOf(named, 'time-zone')?.confidence).toBe('likely');
    expect(causeOf(named, 'build-time-in-content')).toBeUndefined();
    const bare = await compareAs('f.txt', date('UTC', '%F %T'), date('Asia/Tokyo', '%F %T'));
    expect(causeOf(bare, 'time-zone')?.confidence).toBe('possible');
  });

  it('proposes the zone of a', async () => {
    const offset = await compareAs('f.txt', date('Asia/Tokyo'), date('UTC'));
    expect(causeOf(offset, 'time-zone')?.change).toEqual({ kind: 'variable', name: 'TZ', value: 'UTC-9' });
    expect(date('UTC-9')).toBe(date('Asia/Tokyo'));
    const half = await compareAs('f.txt', date('America/St_Johns'), date('UTC'));
    expect(causeOf(half, 'time-zone')?.change).toMatchObject({ value: 'UTC+3:30' });
    expect(date('UTC+3:30')).toBe(date('America/St_Johns'));
  });

  it('is claimed for the name of a zone by itself', async () => {
    expect(await causeIds('zone: Europe/Berlin', 'zone: Asia/Tokyo')).toEqual(['time-zone']);
    expect(await causeIds(date('UTC', '%z'), date('Asia/Tokyo', '%z'))).toEqual(['time-zone']);
  });

  const zipped = (name: string, zone: string, flags: readonly string[] = [], from = moment) => {
    for (const [file, at] of [
      ['a.txt', from],
      ['b.txt', from + 4000],
    ] as const) {
      work.write(`${name}/${file}`, file);
      work.run('touch', ['-d', `@${at}`, `${name}/${file}`]);
    }
    work.run('zip', ['-q', ...flags, `../${name}.zip`, 'a.txt', 'b.txt'], { in: name, env: { TZ: zone } });
    return work.read(`${name}.zip`);
  };

  it('is likely where zip wrote all members in another zone, and nothing else is claimed', async () => {
    const compared = await compare(zipped('z1', 'UTC', ['-X']), zipped('z2', 'America/New_York', ['-X']));
    expect(compared.causes).toMatchObject([{ id: 'time-zone', confidence: 'likely' }]);
    expect(compared.causes[0]?.evidence).toHaveLength(2);
  });

  it('is not claimed for another moment, or for members that moved by other times', async () => {
    expect(await causeIds(date('UTC'), date('UTC', '%F %T %z', moment + 9 * 3600))).not.toContain(
      'time-zone',
    );
    const zip = (minutes: number) =>
      buildZip([
        { name: 'a', time: 12 << 11 },
        { name: 'b', time: (12 << 11) | (minutes << 5) },
      ]);
    const moved = (minutes: number) =>
      buildZip([
        { name: 'a', time: 13 << 11 },
        { name: 'b', time: (13 << 11) | (minutes << 5) },
      ]);
    const nineHours = [zipped('z5', 'UTC'), zipped('z6', 'UTC', [], moment + 9 * 3600)] as const;
    expect((await compare(...nineHours)).causes.map(({ id }) => id)).toEqual(['build-time-in-metadata']);
    const oneDay = date('UTC', '%F %T', moment + 24 * 3600);
    expect(await causeIds(date('UTC', '%F %T'), oneDay)).toEqual(['build-time-in-content']);
    expect((await compare(zip(0), moved(7))).causes.map(({ id }) => id)).toEqual(['build-time-in-metadata']);
  });

  it('goes with TZ=UTC', () => {
    expect(date('UTC')).toBe(date('UTC'));
    expect(zipped('z3', 'UTC', ['-X']).equals(zipped('z4', 'UTC', ['-X']))).toBe(true);
  });
});

describe('locale', () => {
  const node = (code: string, locale: string) =>
    work.run(process.execPath, ['-e', code], { env: { LC_ALL: locale } }).toString();
  const names = '["README", "apple.c", "Zebra.c", "b_c.h", "bA.h", "ä.txt"]';
  const sorted = `console.log(${names}.sort(new Intl.Collator().compare).join("\\n"))`;
  const bytewise = `console.log(${names}.sort().join("\\n"))`;

  it('is likely where one list is sorted by a language and one by C', async () => {
    const compared = await compareAs('f.txt', node(bytewise, 'C'), node(sorted, 'en_US.UTF-8'));
    expect(causeOf(compared, 'locale')).toMatchObject({
      confidence: 'likely',
      change: { kind: 'variable', name: 'LC_ALL', value: 'C.UTF-8' },
    });
    expect(compared.differences[0]?.cause).toBe('locale');
    expect(causeOf(compared, 'parallel-order')).toBeUndefined();
  });

  it('is likely where the members of an archive are, too', async () => {
    const packed = (name: string, order: string) => {
      const list = order.trim().split('\n');
      for (const file of list) work.write(`${name}/${file}`, file);
      const fixed = ['--mtime=@0', '--owner=0', '--group=0', '--no-recursion'];
      work.run('tar', [...fixed, '-cf', `${name}.tar`, '-C', name, ...list]);
      return work.read(`${name}.tar`);
    };
    const compared = await compare(
      packed('t1', node(bytewise, 'C')),
      packed('t2', node(sorted, 'en_US.UTF-8')),
    );
    expect(compared.differences).toMatchObject([{ kind: 'order', cause: 'locale' }]);
  });

  it.each([
    [
      'a date',
      'new Date(1795348800000).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" })',
    ],
    ['a decimal sign', '(3.1415).toLocaleString()'],
    ['thousands', '(1234567).toLocaleString()'],
    ['both', '(1234567.25).toLocaleString()'],
  ])('is likely for what node formats in two languages: %s', async (_name, code) => {
    const say = (locale: string) => node(`console.log("value: " + ${code})`, locale);
    const compared = await compareAs('f.txt', say('en_US.UTF-8'), say('de_DE.UTF-8'));
    expect(causeOf(compared, 'locale')?.confidence).toBe('likely');
    expect(compared.differences[0]?.cause).toBe('locale');
    expect(say('C.UTF-8')).toBe(say('C.UTF-8'));
  });

  it.each([
    ['day and month as numbers', 'due 22/11/2026', 'due 11/22/2026'],
    ['days and months in words', 'Sun Nov 22 12:00:00 UTC 2026', 'So 22. Nov 12:00:00 UTC 2026'],
    ['names of locales', 'lang: de_DE.UTF-8', 'lang: C.UTF-8'],
  ])('is likely for %s', async (_name, a, b) => {
    expect(causeOf(await compareAs('f.txt', a, b), 'locale')?.confidence).toBe('likely');
  });

  it('is likely for letters that an encoding could not hold', async () => {
    const say = (encoding: string) =>
      work.run(
        'python3',
        ['-c', 'import sys; sys.stdout.reconfigure(errors="replace"); print("by Jürgen Groß")'],
        {
          env: { PYTHONIOENCODING: encoding },
        },
      );
    const compared = await compareAs('f.txt', say('utf-8'), say('ascii:replace'));
    expect(compared.causes).toMatchObject([{ id: 'locale', confidence: 'likely' }]);
    const escaped = await compareAs('f.txt', say('utf-8'), say('ascii:backslashreplace'));
    expect(escaped.causes).toMatchObject([{ id: 'locale' }]);
    expect(say('utf-8').equals(say('utf-8'))).toBe(true);
  });

  it('is possible for a message in two languages', async () => {
    const [a, b] = ["make: Nothing to be done for 'all'.", "make: Für das Ziel 'all' ist nichts zu tun."];
    expect(causeOf(await compareAs('f.txt', a, b), 'locale')?.confidence).toBe('possible');
    const other = "make: Für das Ziel 'test-2' ist nichts zu tun.";
    expect(await causeIds(a, other)).not.toContain('locale');
  });

  it('is not claimed for other numbers, other words, or lists that are in no order', async () => {
    expect(await causeIds('3.14', '3,15')).not.toContain('locale');
    expect(await causeIds('1.2.3', '1,2,3')).not.toContain('locale');
    expect(await causeIds('red apples', 'green pears')).not.toContain('locale');
    expect(await causeIds('c\na\nb\nd\n', 'b\nd\nc\na\n')).not.toContain('locale');
  });

  it('goes when sort follows C', () => {
    const list = (locale: string) =>
      work.run('sort', [work.write('list', 'b\nA\nc\nD\n')], { env: { LC_ALL: locale } });
    expect(list('C').equals(list('C.UTF-8'))).toBe(true);
    expect(node(bytewise, 'de_DE.UTF-8')).toBe(node(bytewise, 'C'));
  });
});
