import { AppError } from '#core/errors/app-error.ts';
import type { Canary } from '#schemas/place.ts';
import type { RebuildInput } from '#schemas/jobs.ts';
import type { Caller } from './control-plane.ts';
import type { ControlDeps } from './deps.ts';

/** Attesters whose canaries an attempt tries, latest first. One that is gone costs a path that is not there. */
const attestersMax = 16;

/** Keeps what the attester of that name laid out, in place of what it laid before. @throws AppError `forbidden` */
export async function layCanaries(
  { store, now }: ControlDeps,
  caller: Caller,
  attester: string,
  canaries: readonly Canary[],
): Promise<void> {
  if (caller.scope !== 'worker:attest')
    throw new AppError('forbidden', 'Only the attester may lay canaries.');
  const laid = { laid: JSON.stringify(canaries), laid_at: now() };
  await store
    .insertInto('canaries')
    .values({ attester, ...laid })
    .onConflict((conflict) => conflict.column('attester').doUpdateSet(laid))
    .execute();
}

/** What a rebuild job is given when it is claimed: the canaries of every attester that may come to sign its verdict. */
export async function withCanaries({ store }: ControlDeps, input: RebuildInput): Promise<RebuildInput> {
  const rows = await store
    .selectFrom('canaries')
    .select('laid')
    .orderBy('laid_at', 'desc')
    .limit(attestersMax)
    .execute();
  return { ...input, canaries: rows.flatMap(({ laid }) => laid) };
}
