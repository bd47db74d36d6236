import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '#core/errors/app-error.ts';
import { jobCatalogue, type JobKind, type Lease, type RebuildInput } from '#schemas/jobs.ts';
import type { Caller } from './control-plane.ts';
import { advance } from './advance.ts';
import { withCanaries } from './canaries.ts';
import { freshInput } from './completion.ts';
import { rewakeSeconds, type ControlDeps, type Tx } from './deps.ts';
import { appendEvents, placeOf } from './events.ts';
import { lockRebuild, type JobRow, type RebuildRow } from './state.ts';

/** Seconds that a grant outlives the longest possible attempt. */
const grantSlackSeconds = 600;
/** Longest pause between two tries of what is done after the verdict, for ever. */
const laterPauseSecondsMax = 600;

/**
 * Gives the job to a worker if it is to be done: a new fence, a new token, a lease. Of two workers one gets it.
 * @throws AppError `stale-lease` where there is nothing to do, `forbidden` for a job of another kind
 */
export async function claim(
  deps: ControlDeps,
  caller: Caller,
  jobId: string,
  worker: string,
): Promise<Lease> {
  const kind = workerKind(caller);
  const token = `assay_lease_${randomBytes(32).toString('base64url')}`;
  const { leaseSeconds, triesMax } = jobCatalogue[kind];
  const job = await deps.store.transaction().execute(async (tx) => {
    const now = deps.now();
    const row = await tx
      .selectFrom('jobs')
      .selectAll()
      .where('id', '=', jobId)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw new AppError('not-found', `There is no job ${jobId}.`);
    if (row.kind !== kind)
      throw new AppError('forbidden', `A ${kind} worker may not claim a ${row.kind} job.`);
    const lapsed = row.status === 'leased' && row.lease_until !== null && row.lease_until < now;
    if (row.status !== 'queued' && !lapsed)
      throw new AppError('stale-lease', `Job ${jobId} is ${row.status}: there is nothing to do.`);
    if (row.tries >= triesMax && !row.after_verdict)
      throw new AppError('stale-lease', `Job ${jobId} was tried ${row.tries} times.`);
    const claimed = await tx
      .updateTable('jobs')
      .set({
        status: 'leased',
        fence: row.fence + 1,
        tries: row.tries + 1,
        worker,
        token_hash: hashOf(token),
        lease_until: new Date(now.getTime() + leaseSeconds * 1000),
        ...(kind === 'attest' ? { input: JSON.stringify(await freshInput(tx, row)) } : {}),
      })
      .where('id', '=', jobId)
      .returningAll()
      .executeTakeFirstOrThrow();
    if (claimed.after_verdict) return claimed;
    await appendEvents(tx, row.rebuild_id, [
      { type: 'stage', ...placeOf(kind, row.attempt), state: 'started' },
    ]);
    return claimed;
  });
  const input = kind === 'rebuild' ? await withCanaries(deps, await withGrant(deps, job)) : job.input;
  return { jobId, rebuildId: job.rebuild_id, kind, fence: job.fence, token, leaseSeconds, input };
}

function workerKind(caller: Caller): JobKind {
  const kind = caller.scope.startsWith('worker:') ? caller.scope.slice('worker:'.length) : undefined;
  if (kind === undefined || !Object.hasOwn(jobCatalogue, kind))
    throw new AppError('forbidden', 'Only a worker may claim jobs.');
  return kind as JobKind;
}

/** The attempt's gateway session: what it may ask for, and that the artifact under test is refused. */
async function withGrant(deps: ControlDeps, job: JobRow): Promise<RebuildInput> {
  const input = job.input as RebuildInput;
  const { registry, limits } = input.recipe;
  if (!registry) return input;
  const rebuild = await deps.store
    .selectFrom('rebuilds')
    .select(['artifact', 'replay_of'])
    .where('id', '=', job.rebuild_id)
    .executeTakeFirstOrThrow();
  const mode = rebuild.replay_of === null ? 'record' : 'replay';
  const expiresAt = Math.floor(deps.now().getTime() / 1000) + limits.timeSeconds + grantSlackSeconds;
  const token = await deps.signGrant(
    {
      sessionId: job.id,
      fence: job.fence,
      protocol: registry.protocol,
      before: registry.before,
      refuse: rebuild.artifact
        ? { files: [rebuild.artifact.file], sha256: [rebuild.artifact.digest.sha256] }
        : { files: [], sha256: [] },
      mode,
    },
    expiresAt,
  );
  return { ...input, gateway: { token, mode } };
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Locks the job's rebuild; every transaction that changes a job begins so. @throws AppError `stale-lease` */
export async function lockRebuildOf(tx: Tx, jobId: string): Promise<RebuildRow> {
  const job = await tx.selectFrom('jobs').select('rebuild_id').where('id', '=', jobId).executeTakeFirst();
  if (!job) throw new AppError('stale-lease', `This attempt no longer holds job ${jobId}.`);
  return lockRebuild(tx, job.rebuild_id);
}

/**
 * The job, locked, if `token` is that of its current lease. A lease that ran out still counts while nobody else has
 * claimed the job: the fence is what decides. @throws AppError `stale-lease`
 */
export async function lockLeased(tx: Tx, jobId: string, token: string): Promise<JobRow> {
  const job = await tx.selectFrom('jobs').selectAll().where('id', '=', jobId).forUpdate().executeTakeFirst();
  if (!job || !holds(job, token))
    throw new AppError('stale-lease', `This attempt no longer holds job ${jobId}.`);
  return job;
}

/** As `lockLeased`, without the lock: for reading. */
export async function findLeased(deps: ControlDeps, jobId: string, token: string): Promise<JobRow> {
  const job = await deps.store.selectFrom('jobs').selectAll().where('id', '=', jobId).executeTakeFirst();
  if (!job || !holds(job, token))
    throw new AppError('stale-lease', `This attempt no longer holds job ${jobId}.`);
  return job;
}

function holds(job: JobRow, token: string): boolean {
  if (job.status !== 'leased' || job.token_hash === null) return false;
  return timingSafeEqual(Buffer.from(job.token_hash, 'hex'), Buffer.from(hashOf(token), 'hex'));
}

export async function heartbeat(
  deps: ControlDeps,
  jobId: string,
  token: string,
): Promise<{ leaseSeconds: number; cancelled: boolean }> {
  return deps.store.transaction().execute(async (tx) => {
    const job = await lockLeased(tx, jobId, token);
    const { leaseSeconds } = jobCatalogue[job.kind];
    await tx
      .updateTable('jobs')
      .set({ lease_until: new Date(deps.now().getTime() + leaseSeconds * 1000) })
      .where('id', '=', jobId)
      .execute();
    const rebuild = await tx
      .selectFrom('rebuilds')
      .select('cancelled')
      .where('id', '=', job.rebuild_id)
      .executeTakeFirstOrThrow();
    return { leaseSeconds, cancelled: rebuild.cancelled && job.kind !== 'attest' };
  });
}

/** Our own failure: back into the queue after a pause that grows with the tries, or given up after the last. */
export async function release(
  deps: ControlDeps,
  jobId: string,
  token: string,
  detail: string,
): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    await lockRebuildOf(tx, jobId);
    await setBack(deps, tx, await lockLeased(tx, jobId, token), detail);
  });
  deps.pokeDispatcher();
}

/** Puts a leased job back or gives it up; the caller holds the locks of the rebuild and the job. */
export async function setBack(deps: ControlDeps, tx: Tx, job: JobRow, detail: string): Promise<void> {
  const gaveUp = job.tries >= jobCatalogue[job.kind].triesMax && !job.after_verdict;
  const pauseSeconds = Math.min(
    2 ** Math.min(job.tries - 1, 20),
    job.after_verdict ? laterPauseSecondsMax : 4 * rewakeSeconds,
  );
  await tx
    .updateTable('jobs')
    .set({
      status: gaveUp ? 'gave-up' : 'queued',
      token_hash: null,
      lease_until: null,
      due_at: new Date(deps.now().getTime() + pauseSeconds * 1000),
      ...(gaveUp ? { finished_at: deps.now() } : {}),
    })
    .where('id', '=', job.id)
    .execute();
  if (job.after_verdict) return;
  const text = `${gaveUp ? 'Given up' : 'To be tried again'} after a failure of our own: ${detail}`.slice(
    0,
    4096,
  );
  await appendEvents(tx, job.rebuild_id, [{ type: 'note', ...placeOf(job.kind, job.attempt), text }]);
  if (gaveUp) await advance(deps, tx, job.rebuild_id);
}

/** Has workers woken for the job; should that be lost too, again when it is next due. Sent twice is harmless. */
export async function wakeAgain(deps: ControlDeps, tx: Tx, job: Pick<JobRow, 'id' | 'kind'>): Promise<void> {
  await tx.insertInto('outbox').values({ job_id: job.id, kind: job.kind }).execute();
  const dueAt = new Date(deps.now().getTime() + rewakeSeconds * 1000);
  await tx.updateTable('jobs').set({ due_at: dueAt }).where('id', '=', job.id).execute();
}
