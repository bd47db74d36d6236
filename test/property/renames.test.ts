import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import type { Comparison } from '#schemas/comparison.ts';
import { buildTar, type TarMember } from '#test/core/archive/build-tar.ts';
import { buildZip } from '#test/core/archive/build-zip.ts';

const runs = Number(process.env['ASSAY_PROPERTY_RUNS'] ?? 300);

const compare = (a: Buffer, b: Buffer) => compareSources(memorySource(a), memorySource(b));

/** Few words, so that names and contents are often the same or alike. */
const name = fc
  .tuple(
    fc.constantFrom('a', 'old', 'new', 'pkg-1.2.3', 'pkg-1.2.4', 'tmp/tmpab12cd34', 'tmp/tmpzz98yy76'),
    fc.constantFrom('x.txt', 'y.txt', 'main.3f2a9c1d.js', 'main.9e8d7c6b.js', 'log-20251122', 'log-20251123'),
  )
  .map((parts) => parts.join('/'));
const content = fc
  .tuple(fc.constantFrom('apple', 'pear', ''), fc.nat(3), fc.nat(3))
  .map(([word, changed, line]) =>
    word === ''
      ? ''
      : Array.from({ length: 12 }, (_, at) => `${word} ${at === line ? changed : at} in a line\n`).join(''),
  );
const members = fc.uniqueArray(fc.record({ name, data: content }), {
  maxLength: 8,
  minLength: 1,
  selector: (member) => member.name,
});
const build = fc.constantFrom<(list: TarMember[]) => Buffer>(
  (list) => buildTar(list),
  (list) => buildZip(list.map(({ name: own, data }) => ({ name: own, data: data ?? '' }))),
  (list) => buildTar([{ name: 'inner.tar', data: buildTar(list) }]),
);

/** Who is whom: the name in the first file, that in the second, and by what they are taken for one. */
function pairs({ differences }: Comparison, swapped = false): string[] {
  return differences
    .filter(({ kind }) => kind === 'renamed')
    .map(({ path, pathB = [], pairedBy, detail }) =>
      JSON.stringify([...(swapped ? [pathB, path] : [path, pathB]), pairedBy, detail]),
    )
    .sort();
}

describe('members with other names', () => {
  it('are the same pairs from either side, and whatever order the members stand in', async () => {
    await fc.assert(
      fc.asyncProperty(build, members, members, fc.nat(7), async (pack, a, b, turn) => {
        const found = pairs(await compare(pack(a), pack(b)));
        expect(pairs(await compare(pack(b), pack(a)), true)).toEqual(found);
        const turned = [...b.slice(turn), ...b.slice(0, turn)].toReversed();
        expect(pairs(await compare(pack(a.toReversed()), pack(turned)))).toEqual(found);
      }),
      { numRuns: runs },
    );
  }, 120_000);

  it('are in one pair at most, and each that is in none is told to be on one side only', async () => {
    await fc.assert(
      fc.asyncProperty(members, members, async (a, b) => {
        const { differences, result } = await compare(buildTar(a), buildTar(b));
        const named = (list: readonly { name: string }[]) => list.map((member) => member.name);
        const of = (kind: string) => differences.filter((one) => one.kind === kind);
        const [onlyA, onlyB] = [of('missing'), of('extra')].map((list) => list.map(({ path }) => path[0]));
        const renamed = of('renamed');
        const shared = named(a).filter((own) => named(b).includes(own));
        const placesA = [...shared, ...renamed.map(({ path }) => path[0]), ...(onlyA ?? [])];
        const placesB = [...shared, ...renamed.map(({ pathB }) => pathB?.[0]), ...(onlyB ?? [])];
        expect(placesA.toSorted()).toEqual(named(a).toSorted());
        expect(placesB.toSorted()).toEqual(named(b).toSorted());
        if (renamed.length > 0) expect(result).toBe('different');
        expect(renamed.filter(({ pass }) => pass !== undefined)).toEqual([]);
      }),
      { numRuns: runs },
    );
  }, 120_000);

  it('are told to differ in content exactly where it is another', async () => {
    await fc.assert(
      fc.asyncProperty(members, members, async (a, b) => {
        const { differences } = await compare(buildTar(a), buildTar(b));
        const dataOf = (list: readonly { name: string; data: string }[], own: string | undefined) =>
          list.find((member) => member.name === own)?.data;
        const differing = new Set(
          differences.filter(({ kind }) => kind === 'content').map(({ path }) => path[0]),
        );
        for (const { kind, path, pathB } of differences) {
          if (kind !== 'renamed') continue;
          expect(differing.has(path[0])).toBe(dataOf(a, path[0]) !== dataOf(b, pathB?.[0]));
        }
      }),
      { numRuns: runs },
    );
  }, 120_000);
});
