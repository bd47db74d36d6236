import { describe, expect, it } from 'vitest';
import { timestampsOnly } from '#core/explain/timestamps.ts';
import { binary } from '#test/core/inspect/formats/made-binaries.ts';
import { causeOf, compare, compareAs, Workshop } from '../tools/made.ts';
import { causeIds } from './ids.ts';

/** Moments as date, python3, ar, zip and gzip write them. */

const work = new Workshop();
const first = 1_795_348_800;
const later = first + 3 * 86_400 + 12_345;

const date = (format: string, at: number, env: Record<string, string> = {}) =>
  work.run('date', ['-d', `@${at}`, `+built ${format}`], { env }).toString();
const python = (code: string, env: Record<string, string> = {}) => work.run('python3', ['-c', code], { env });
/** What struct.pack makes of a number, between bytes that are no text. */
const packed = (format: string, number: number | bigint) =>
  python(
    `import struct, sys; sys.stdout.buffer.write(b"\\0\\1\\2\\3" * 16 + struct.pack("${format}", ${number}) + b"\\3\\2\\1\\0" * 8)`,
  );

describe('build-time-in-content', () => {
  it.each([
    ['ISO 8601', '%Y-%m-%dT%H:%M:%SZ'],
    ['RFC 3339 with a space', '%F %T+00:00'],
    ['RFC 3339 with nanoseconds', '%FT%T.%NZ'],
    ['RFC 5322', '%a, %d %b %Y %H:%M:%S %z'],
    ['git', '%a %b %e %H:%M:%S %Y %z'],
    ['ctime', '%a %b %e %H:%M:%S %Y'],
    ['date(1), as java.util.Properties writes it, too', '%a %b %d %H:%M:%S UTC %Y'],
    ['a changelog', '%B %e, %Y'],
    ['twelve hours', '%Y-%m-%d %I:%M:%S %p'],
    ['a day of a year in Europe', '%d.%m.%Y'],
    ['a day of a year in America', '%m/%d/%Y %H:%M'],
    ['a manual page', '%e %B %Y'],
  ])('knows what date writes: %s', async (_name, format) => {
    const compared = await compareAs('f.txt', date(format, first), date(format, later));
    expect(causeOf(compared, 'build-time-in-content')).toMatchObject({ confidence: 'likely' });
    expect(compared.differences[0]?.cause).toBe('build-time-in-content');
  });

  it.each([
    ['compact', '%Y%m%dT%H%M%SZ'],
    ['compact day', '%Y%m%d'],
    ['seconds since 1970', '%s'],
    ['milliseconds since 1970', '%s%3N'],
    ['the time of day', '%H:%M:%S'],
  ])('is possible for what could be another number: %s', async (_name, format) => {
    const compared = await compareAs('f.txt', date(format, first), date(format, later));
    expect(causeOf(compared, 'build-time-in-content')).toMatchObject({ confidence: 'possible' });
  });

  it.each([
    ['German', 'So 22. Nov 12:00:00 UTC 2026', 'Mo 23. Nov 13:14:15 UTC 2026'],
    ['French', 'dim. 22 nov. 2026 12:00:00 UTC', 'lun. 23 nov. 2026 13:14:15 UTC'],
    ['Russian', 'Вс 22 ноя 2026 12:00:00 UTC', 'Пн 23 ноя 2026 13:14:15 UTC'],
    ['Japanese', '2026年 11月 22日 日曜日 12:00:00 UTC', '2026年 11月 23日 月曜日 13:14:15 UTC'],
  ])('knows dates in %s', (_name, a, b) => {
    expect(timestampsOnly(`built ${a}`, `built ${b}`)?.every(({ certain }) => certain)).toBe(true);
  });

  it('knows the year of a copyright notice, and of no other sentence', async () => {
    const notice = (at: number) => work.run('date', ['-d', `@${at}`, '+Copyright (c) 2019-%Y by us']);
    const [one] = (await compareAs('f.txt', notice(first), notice(first + 366 * 86_400))).causes;
    expect(one).toMatchObject({ id: 'build-time-in-content', evidence: [{ a: '2026', b: '2027' }] });
    expect(await causeIds('room 2026', 'room 2027')).toEqual([]);
  });

  it.each([
    ['32-bit little-endian seconds', '<I', first, later, 'possible'],
    ['32-bit big-endian seconds', '>I', first, later, 'possible'],
    ['64-bit big-endian milliseconds', '>Q', first * 1000, later * 1000, 'likely'],
    ['64-bit little-endian microseconds', '<Q', first * 1e6, later * 1e6, 'likely'],
    [
      'Windows FILETIME',
      '<Q',
      (BigInt(first) + 11_644_473_600n) * 10_000_000n,
      (BigInt(later) + 11_644_473_600n) * 10_000_000n,
      'likely',
    ],
  ])('knows %s in a binary, and the instant', async (form, format, a, b, confidence) => {
    const cause = causeOf(
      await compareAs('f.bin', packed(format, a), packed(format, b)),
      'build-time-in-content',
    );
    expect(cause).toMatchObject({
      confidence,
      evidence: [{ a: `2026-11-22T12:00:00Z (${form})`, b: `2026-11-25T15:25:45Z (${form})` }],
      change: { kind: 'clock', sourceDateEpoch: first },
    });
  });

  it('in a program of Windows is a field that is a time, and no other number that could be one', async () => {
    const one = binary('pe-one.dll');
    const stamped = (at: number) => {
      const copy = Buffer.from(one);
      copy.writeUInt32LE(at, one.readUInt32LE(0x3c) + 8);
      return copy;
    };
    const cause = causeOf(
      await compareAs('one.dll', stamped(first), stamped(later)),
      'build-time-in-content',
    );
    expect(cause?.evidence[0]).toMatchObject({
      a: expect.stringContaining('2026-11-22T12:00:00Z') as string,
      b: expect.stringContaining('2026-11-25T15:25:45Z') as string,
    });
    const code = one.indexOf(Buffer.from('.text')) + 20;
    const start = one.readUInt32LE(code);
    const withNumber = (at: number) => {
      const copy = Buffer.from(one);
      copy.fill(0x90, start, start + 16).writeUInt32LE(at, start + 4);
      return copy;
    };
    const { causes } = await compareAs('one.dll', withNumber(first), withNumber(later));
    expect(causes.map(({ id }) => id)).not.toContain('build-time-in-content');
  });

  it('knows the MS-DOS date and time in a binary', async () => {
    const dos = (hours: number) =>
      python(
        `import struct, sys; sys.stdout.buffer.write(b"\\0\\1\\2\\3" * 16 + struct.pack("<HH", ${hours} << 11, 46 << 9 | 11 << 5 | 22) + b"\\3\\2\\1\\0" * 8)`,
      );
    const cause = causeOf(await compareAs('f.bin', dos(12), dos(15)), 'build-time-in-content');
    expect(cause?.evidence[0]?.a).toContain('2026-11-22T12:00:00 (MS-DOS date and time)');
  });

  it('sees a date in a binary whose size changed, and behind another difference', async () => {
    const library = (name: string, day: number) =>
      Buffer.concat([
        Buffer.alloc(50, 7),
        Buffer.from(`\0/srv/${name}/m.c\0`),
        Buffer.alloc(90, 3),
        Buffer.from(`\0Nov ${day} 2026 12:00:00\0`),
        Buffer.alloc(90, 1),
      ]);
    const { causes } = await compareAs('m.o', library('one', 22), library('other', 23));
    expect(causes.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['build-time-in-content', 'build-path']),
    );
  });

  it('sees the date where the line before it is new, and where a path in the same line is another', async () => {
    const a = 'one\nbuilt 2026-11-22 12:00:00 in /srv/one/pkg\nend\n';
    const b = 'zero\nfirst\none\nbuilt 2026-11-23 11:12:13 in /srv/two/pkg\nend\n';
    const { causes } = await compareAs('f.txt', a, b);
    expect(causes.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['build-time-in-content', 'build-path']),
    );
  });

  it('is not claimed for versions, sums, addresses, large numbers and random bytes', async () => {
    expect(await causeIds('lib 20.26.1122', 'lib 20.26.1123')).not.toContain('build-time-in-content');
    expect(await causeIds('version 2026.11.22.1', 'version 2026.11.23.1')).not.toContain(
      'build-time-in-content',
    );
    expect(await causeIds('crc 3963417381', 'crc 2963417382')).not.toContain('build-time-in-content');
    expect(await causeIds('at 10.20.30.40:8080', 'at 10.20.30.41:8080')).not.toContain(
      'build-time-in-content',
    );
    const [a, b] = [packed('<Q', 2n ** 63n - 25n), packed('<Q', 2n ** 61n - 1n)];
    expect((await compareAs('f.bin', a, b)).causes).toEqual([]);
  });

  it('goes with SOURCE_DATE_EPOCH, and proposes the clock of a', async () => {
    const stamp = (env: Record<string, string> = {}) =>
      python(
        'import os, time; print("built", time.strftime("%FT%TZ", time.gmtime(float(os.environ.get("SOURCE_DATE_EPOCH", os.environ["NOW"])))))',
        env,
      );
    const built = await compareAs('f.txt', stamp({ NOW: `${first}` }), stamp({ NOW: `${later}` }));
    const change = causeOf(built, 'build-time-in-content')?.change;
    expect(change).toEqual({ kind: 'clock', sourceDateEpoch: first });
    const clock = { SOURCE_DATE_EPOCH: `${first}` };
    expect(stamp({ NOW: `${first}`, ...clock }).equals(stamp({ NOW: `${later}`, ...clock }))).toBe(true);
  });
});

describe('build-time-in-metadata', () => {
  const packedBy = (tool: 'ar' | 'zip', name: string, at: number, flags: readonly string[]) => {
    work.write(`${name}/f.txt`, 'x');
    work.run('touch', ['-d', `@${at}`, `${name}/f.txt`]);
    work.run(tool, [...flags, `../${name}.${tool}`, 'f.txt'], { in: name });
    return work.read(`${name}.${tool}`);
  };

  it.each([
    ['ar', ['rcU']],
    ['zip', ['-q']],
  ] as const)('is claimed for what %s records', async (tool, flags) => {
    const compared = await compare(
      packedBy(tool, `${tool}1`, first, flags),
      packedBy(tool, `${tool}2`, later, flags),
    );
    expect(causeOf(compared, 'build-time-in-metadata')?.change?.kind).toBe('clock');
    expect(new Set(compared.differences.map(({ cause }) => cause))).toEqual(
      new Set(['build-time-in-metadata']),
    );
  });

  it('proposes the one instant of a', async () => {
    const compared = await compare(
      packedBy('ar', 'ar5', first, ['rcU']),
      packedBy('ar', 'ar6', later, ['rcU']),
    );
    expect(causeOf(compared, 'build-time-in-metadata')?.change).toEqual({
      kind: 'clock',
      sourceDateEpoch: first,
    });
  });

  it('goes with ar rcD, and with fixed times before zip -X', () => {
    const ar = [packedBy('ar', 'ar3', first, ['rcD']), packedBy('ar', 'ar4', later, ['rcD'])] as const;
    expect(ar[0].equals(ar[1])).toBe(true);
    const zip = [packedBy('zip', 'zip3', first, ['-qX']), packedBy('zip', 'zip4', first, ['-qX'])] as const;
    expect(zip[0].equals(zip[1])).toBe(true);
  });
});
