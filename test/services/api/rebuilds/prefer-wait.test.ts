import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preferredWaitSeconds } from '#services/api/rebuilds/prefer-wait.ts';

describe('preferredWaitSeconds', () => {
  it('finds wait among other preferences, however it is written', () => {
    for (const prefer of ['wait=30', 'respond-async, wait=30', 'handling=lenient; wait="30"', 'WAIT = 30'])
      expect(preferredWaitSeconds(prefer, 60)).toBe(30);
  });

  it('is never more than the bound, and nothing for anything else', () => {
    expect(preferredWaitSeconds('wait=999999', 60)).toBe(60);
    for (const prefer of [undefined, '', 'wait', 'wait=-1', 'wait=1.5', 'nowait=3', 'wait=1e3'])
      expect(preferredWaitSeconds(prefer, 60)).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (prefer) => {
        const seconds = preferredWaitSeconds(prefer, 60);
        expect(seconds === undefined || (seconds >= 0 && seconds <= 60)).toBe(true);
      }),
    );
  });
});
