import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckCause } from '#schemas/check.ts';
import { search } from '#core/vary/search.ts';
import { variations } from '#core/vary/variations.ts';
import { plainRecipe as recipe } from './named-variations.ts';
import { type Build, type ThoughtLab, thoughtLab } from './thought-lab.ts';

/** Numbers from 0 to 1 that a seed gives: mulberry32. Chance here is the same in each run of the tests. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A lab in which a race shows in a share of all builds, whatever is varied or held; it has `values` other outcomes. */
function racing(seed: number, share: number, values: number, besides: Build = () => ({})): ThoughtLab {
  const roll = dice(seed);
  return thoughtLab((order, number) => {
    const other =
      roll() < share ? `the other way, ${'x'.repeat(1 + Math.floor(roll() * values))}` : 'one way';
    const more = besides(order, number);
    return more === 'fails' ? 'fails' : { 'race.txt': `it went ${other}\n`, ...more };
  });
}

const chanceIds = new Set([
  'not-repeatable',
  'parallel-order',
  'random-value',
  'process-id',
  'memory-address',
]);

/** Causes of the race that are surely wrong: said to be proven, and of something that is no chance. */
const wronged = (causes: readonly CheckCause[]): CheckCause[] =>
  causes.filter(
    ({ output, confidence, id }) => output === 'race.txt' && confidence === 'confirmed' && !chanceIds.has(id),
  );

describe('chance', () => {
  it('is held against a variation or a hold in less than one of a hundred searches, whatever its share', async () => {
    for (const share of [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9]) {
      let wrong = 0;
      for (let seed = 0; seed < 100; seed += 1) {
        const { causes } = await search(racing(seed * 7919 + share * 1000, share, 1), recipe());
        if (wronged(causes).length > 0) wrong += 1;
      }
      expect(wrong, `of 100 races that show in ${share} of builds`).toBeLessThanOrEqual(1);
    }
  }, 120_000);

  it('does not keep from what is proven of the rest: single things and sets', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.constantFrom(0.1, 0.3, 0.5),
        fc.integer({ min: 1, max: 3 }),
        async (seed, share, values) => {
          const lab = racing(seed, share, values, ({ setting }) => ({
            'host.txt': `on ${setting.machine.hostname ?? 'build'}\n`,
            'both.txt':
              setting.machine.uid === 34 && setting.sourceFolder !== 'src' ? 'both\n' : 'not both\n',
          }));
          const { causes } = await search(lab, recipe());
          const rest = causes.filter(({ output }) => output !== 'race.txt');
          expect(rest).toMatchObject([
            { id: 'user-and-host', output: 'host.txt', confidence: 'confirmed' },
            { id: 'together', output: 'both.txt', together: [{ id: 'build-path' }, { id: 'user' }] },
          ]);
        },
      ),
      { numRuns: 40, seed: 20261122 },
    );
  });

  it('is named where it shows late: two builds made the same way, and how', async () => {
    const { length } = variations;
    const lab = thoughtLab(({ setting }, number) => ({
      // The builds with the host name varied, of which the second is the odd one.
      'out.txt': setting.machine.hostname === 'varied-host' && number === 2 + 1 + length ? 'odd\n' : 'even\n',
      'host.txt': `on ${setting.machine.hostname ?? 'build'}\n`,
    }));
    const { causes } = await search(lab, recipe());
    expect(
      causes.filter(({ output }) => output === 'out.txt').every(({ id }) => id === 'not-repeatable'),
    ).toBe(true);
  });
});
