import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimalSet, type Shown } from '#core/vary/minimal-set.ts';

const items = Array.from({ length: 13 }, (_, index) => index);
const setOf = fc.uniqueArray(fc.nat({ max: 12 }), { minLength: 1, maxLength: 4 });

/** Counts the different subsets that are asked for: each is one build. */
function counted(shows: (subset: ReadonlySet<number>) => Shown) {
  const asked = new Set<string>();
  const test = async (subset: readonly number[]): Promise<Shown> => {
    asked.add(JSON.stringify(subset.toSorted((a, b) => a - b)));
    return shows(new Set(subset));
  };
  return { asked, test };
}

describe('a minimal set', () => {
  it('is found exactly where one is needed, in about k·log2(n) + 2k tests', async () => {
    await fc.assert(
      fc.asyncProperty(setOf, async (needed) => {
        const { asked, test } = counted((subset) => needed.every((one) => subset.has(one)));
        const found = await minimalSet(items, test);
        expect(found?.toSorted()).toEqual(needed.toSorted());
        expect(asked.size).toBeLessThanOrEqual(needed.length * (Math.ceil(Math.log2(13)) + 2));
      }),
      { numRuns: 300 },
    );
  });

  it('is one of those that are needed where any of several would do, and none of it can be left out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(setOf, { minLength: 1, maxLength: 4 }), async (sets) => {
        const shows = (subset: ReadonlySet<number>) =>
          sets.some((needed) => needed.every((one) => subset.has(one)));
        const found = (await minimalSet(items, counted(shows).test)) ?? [];
        expect(shows(new Set(found))).toBe(true);
        for (const left of found) expect(shows(new Set(found.filter((one) => one !== left)))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('cannot be made smaller by one even where some things hide what others show', async () => {
    await fc.assert(
      fc.asyncProperty(fc.func(fc.boolean()), async (shown) => {
        const shows = (subset: ReadonlySet<number>) =>
          subset.size === 13 || (subset.size > 0 && shown([...subset].toSorted((a, b) => a - b)));
        const found = (await minimalSet(items, counted(shows).test)) ?? [];
        expect(shows(new Set(found))).toBe(true);
        for (const left of found) expect(shows(new Set(found.filter((one) => one !== left)))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is not guessed where a test could not be made', async () => {
    for (let last = 0; last < 8; last += 1) {
      let tests = 0;
      const shows = async (subset: readonly number[]): Promise<Shown> =>
        (tests += 1) > last ? undefined : subset.includes(2) && subset.includes(9);
      expect(await minimalSet(items, shows)).toBe(undefined);
    }
  });
});
