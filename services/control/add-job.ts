import { randomUUID } from 'node:crypto';
import type { JobInput, JobKind } from '#schemas/jobs.ts';
import { rewakeSeconds, type ControlDeps, type Tx } from './deps.ts';
import { appendEvents, placeOf } from './events.ts';

interface NewJob<K extends JobKind> {
  readonly kind: K;
  /** 0 for a job that is of no attempt. */
  readonly attempt: number;
  /** Of all jobs of the rebuild; the row lock that the caller holds keeps it from being taken twice. */
  readonly ordinal: number;
  readonly input: JobInput<K>;
}

/** A stage of the rebuild: workers are woken for it as soon as the caller's transaction has ended. */
export async function addStage<K extends JobKind>(
  deps: ControlDeps,
  tx: Tx,
  rebuildId: string,
  job: NewJob<K>,
): Promise<void> {
  await insertJob(deps, tx, rebuildId, job, { afterVerdict: false, delaySeconds: 0 });
  const { kind, attempt } = job;
  await appendEvents(tx, rebuildId, [{ type: 'stage', ...placeOf(kind, attempt), state: 'queued' }]);
}

/**
 * Work on a finished rebuild, which changes nothing of its verdict: no stage of it, and tried again for ever, after
 * pauses that grow to some minutes. What it is given is made up to date each time it is claimed (lease.ts).
 */
export async function addAfterVerdict(
  deps: ControlDeps,
  tx: Tx,
  rebuildId: string,
  input: JobInput<'attest'>,
  delaySeconds: number,
): Promise<void> {
  const { last } = await tx
    .selectFrom('jobs')
    .select(({ fn }) => fn.max('ordinal').as('last'))
    .where('rebuild_id', '=', rebuildId)
    .executeTakeFirstOrThrow();
  const job = { kind: 'attest', attempt: 0, ordinal: (last ?? -1) + 1, input } as const;
  await insertJob(deps, tx, rebuildId, job, { afterVerdict: true, delaySeconds });
}

async function insertJob<K extends JobKind>(
  deps: ControlDeps,
  tx: Tx,
  rebuildId: string,
  { kind, attempt, ordinal, input }: NewJob<K>,
  { afterVerdict, delaySeconds }: { afterVerdict: boolean; delaySeconds: number },
): Promise<void> {
  const id = randomUUID();
  const now = deps.now();
  const atOnce = delaySeconds === 0;
  const dueAt = new Date(now.getTime() + (atOnce ? rewakeSeconds : delaySeconds) * 1000);
  await tx
    .insertInto('jobs')
    .values({
      id,
      rebuild_id: rebuildId,
      ordinal,
      kind,
      attempt,
      input: JSON.stringify(input),
      status: 'queued',
      due_at: dueAt,
      after_verdict: afterVerdict,
      created_at: now,
    })
    .execute();
  if (atOnce) await tx.insertInto('outbox').values({ job_id: id, kind }).execute();
}
