import { describe, expect, it } from 'vitest';
import { readFacts } from '#core/archive/archive-facts.ts';
import { memorySource } from '#core/archive/byte-source.ts';
import type { ReadLimits } from '#core/archive/limits.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import type { CompareOptions } from '#core/compare/options.ts';
import type { Comparison } from '#schemas/comparison.ts';
import { couldHide } from '#schemas/could-hide.ts';
import type { CutKind } from '#schemas/cut.ts';
import { buildZip, type ZipMember } from '#test/core/archive/build-zip.ts';

const compare = (a: Buffer, b: Buffer, options?: CompareOptions): Promise<Comparison> =>
  compareSources(memorySource(a), memorySource(b), options);

/** The same members at two times: nothing but what a pass sets aside. */
function atTwoTimes(members: readonly ZipMember[]): [Buffer, Buffer] {
  return [buildZip(members), buildZip(members.map((member) => ({ ...member, time: 0 })))];
}

const plain: ZipMember[] = ['a', 'b', 'c'].map((name) => ({ name: name.repeat(40), data: name.repeat(500) }));
const nested: ZipMember[] = [{ name: 'in.zip', data: buildZip(plain) }];
const gappy: ZipMember[] = Array.from({ length: 150 }, (_, at) => ({
  name: `${at}`,
  gap: Buffer.from('gap'),
}));
const twice: ZipMember[] = Array.from({ length: 20 }, () => ({ name: 'same', data: 'x' }));

describe('a bound of the reading', () => {
  const bounds: [keyof ReadLimits, number, ZipMember[], CutKind, string][] = [
    ['decodedBytesMax', 1000, plain, 'unread', 'reading stopped after 1000 decoded bytes'],
    ['membersMax', 2, plain, 'unread', 'reading stopped after 2 members'],
    ['nameBytesMax', 100, plain, 'unread', 'reading stopped after 100 bytes of names'],
    ['depthMax', 1, nested, 'unread', 'archives nested deeper than 1 are compared as bytes'],
    [
      'nestedZipBytesMax',
      100,
      nested,
      'unread',
      'nested zip archives that need more than 100 bytes in memory are compared as bytes',
    ],
    ['findingsMax', 3, twice, 'unweighed', 'findings: only the first 3 of a file count'],
  ];

  it.each(bounds)(
    '%s makes of files that are equivalent ones that differ, and says what it left out',
    async (limit, bound, members, kind, detail) => {
      const pair = atTwoTimes(members);
      expect(await compare(...pair)).toMatchObject({ result: 'equivalent', cut: [] });
      const { result, cut } = await compare(...pair, { limits: { [limit]: bound } });
      expect({ result, cut }).toEqual({ result: 'different', cut: [{ kind, detail }] });
      expect(cut.some(couldHide)).toBe(true);
    },
  );

  it('is told of one file, too, but archives that nobody asked to open are not left out', async () => {
    const zip = buildZip([{ name: 'in.zip', data: buildZip(nested) }]);
    const read = (nestedDigests: boolean, limits: Partial<ReadLimits>) =>
      readFacts(memorySource(zip), { texts: [], nestedDigests, limits });
    expect((await read(true, { depthMax: 2 })).cut).toMatchObject([{ kind: 'unread' }]);
    expect((await read(false, { depthMax: 2 })).cut).toEqual([]);
    expect((await read(false, { membersMax: 1 })).cut).toMatchObject([{ kind: 'unread' }]);
  });

  it('on the places that belong to no record hides nothing', async () => {
    const [a, b] = atTwoTimes(gappy);
    const { result, cut } = await compare(a, b);
    expect(result).toBe('different');
    expect(cut).toEqual([
      {
        kind: 'unread',
        detail: 'of bytes that belong to no record of a zip only the first 100 places are digested',
      },
    ]);
  });
});

describe('what is compared, but not shown', () => {
  it('is no reason to call two files different', async () => {
    const pair = atTwoTimes(plain);
    const { result, cut } = await compare(...pair, { differencesMax: 1 });
    expect({ result, cut }).toEqual({
      result: 'equivalent',
      cut: [{ kind: 'unlisted', detail: '1 of 3 differences are listed' }],
    });
    expect(cut.some(couldHide)).toBe(false);
  });

  it('has its own kind where contents were too many to look into', async () => {
    const members = (fill: number) =>
      Array.from({ length: 250 }, (_, at) => ({ name: `${at}`, data: Buffer.alloc(70_000, fill) }));
    const { cut } = await compare(buildZip(members(1)), buildZip(members(2)));
    const detail = 'contents beyond 25165824 bytes of them were only digested';
    expect(cut).toContainEqual({ kind: 'uninspected', detail });
    expect(cut.some(couldHide)).toBe(false);
  });

  it('is told of texts', async () => {
    const { cut } = await readFacts(memorySource(buildZip([{ name: 'a', data: 'x'.repeat(300_000) }])), {
      texts: ['a'],
      nestedDigests: false,
    });
    expect(cut).toMatchObject([{ kind: 'unlisted' }]);
  });
});
