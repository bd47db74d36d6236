import type { Claim } from './claim.ts';
import type { Judgement } from './judge-claim.ts';

/** Refuses every pass. */
const every = 'all';

/** What an `equivalent` rests on against the passes that are refused; any other verdict rests on none. */
export function judgePasses(refused: readonly string[], { verdict, passes }: Claim): Judgement {
  const judged = {
    requirement: 'passes',
    expected: refused.includes(every) ? 'no pass' : `none of ${refused.join(', ')}`,
  } as const;
  if (verdict !== 'equivalent') return { ...judged, ok: true, actual: `${verdict ?? 'no verdict'}: none` };
  // It rests on some: one that does not say on which could rest on these.
  if (passes === undefined || passes.length === 0) return { ...judged, ok: false, actual: 'it does not say' };
  const ok = !refused.includes(every) && !passes.some((id) => refused.includes(id));
  return { ...judged, ok, actual: passes.join(', ') };
}
