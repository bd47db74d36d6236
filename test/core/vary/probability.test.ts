import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOf, chanceOfHold } from '#core/vary/probability.ts';

/** Of a race that shows in a share `p` of builds: all `without` builds the one, all `withIt` the other. */
const exact = (p: number, without: number, withIt: number) => (1 - p) ** without * p ** withIt;
const share = fc.double({ min: 0, max: 1, noNaN: true });
const builds = fc.integer({ min: 1, max: 20 });

describe('how likely chance is to look like a cause', () => {
  it('is never understated, however often a race shows', () => {
    fc.assert(
      fc.property(share, builds, builds, (p, without, withIt) => {
        const bound = chanceOf({ without, withIt, choices: 1, chosen: 1 });
        expect(bound).toBeGreaterThanOrEqual(exact(p, without, withIt) - 1e-12);
        expect(bound).toBeCloseTo(exact(withIt / (without + withIt), without, withIt), 12);
      }),
    );
  });

  it('grows with the number of things that could be taken for the cause', () => {
    const one = chanceOf({ without: 14, withIt: 4, choices: 1, chosen: 1 });
    expect(chanceOf({ without: 14, withIt: 4, choices: 13, chosen: 1 })).toBeCloseTo(13 * one, 12);
    expect(chanceOf({ without: 14, withIt: 4, choices: 13, chosen: 2 })).toBeCloseTo(78 * one, 12);
  });

  it('is below one in a thousand for four builds against fourteen, one of thirteen things varied', () => {
    expect(chanceOf({ without: 14, withIt: 3, choices: 13, chosen: 1 })).toBeGreaterThan(1 / 1000);
    expect(chanceOf({ without: 14, withIt: 4, choices: 13, chosen: 1 })).toBeLessThan(1 / 1000);
  });

  it('is nothing to go by before anything was built', () => {
    expect(chanceOf({ without: 0, withIt: 0, choices: 13, chosen: 1 })).toBe(1);
    expect(chanceOf({ without: 3, withIt: 0, choices: 13, chosen: 1 })).toBe(1);
  });

  it('counts, for what is held fixed, builds that are by chance what they are with the hold', () => {
    const all = chanceOfHold({ held: 15, free: 4, other: 4, holds: 3 });
    expect(all).toBeLessThan(1 / 1000);
    expect(chanceOfHold({ held: 15, free: 4, other: 2, holds: 3 })).toBeGreaterThan(all);
  });
});
