import type { Judgement } from './judge-claim.ts';

/** Clocks of honest machines differ by less than this. */
const skewMs = 5 * 60_000;

/** Too old, of an unknown age or from the future is not ok. */
export function judgeAge(maximumMs: number, madeAt: Date | undefined, now: Date | undefined): Judgement {
  const judged = { requirement: 'age', expected: 'not older than asked for' } as const;
  if (now === undefined) return { ...judged, ok: false, actual: 'what time it is was not given' };
  const expected = `made after ${new Date(now.getTime() - maximumMs).toISOString()}`;
  if (madeAt === undefined) return { ...judged, expected, ok: false, actual: 'it does not say when' };
  const ageMs = now.getTime() - madeAt.getTime();
  const when = madeAt.toISOString();
  return {
    ...judged,
    expected,
    ok: ageMs >= -skewMs && ageMs <= maximumMs,
    actual: ageMs < -skewMs ? `${when}, in the future` : when,
  };
}
