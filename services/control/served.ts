import { AppError } from '#core/errors/app-error.ts';
import type { Served } from '#schemas/gateway.ts';
import { requireGateway } from './access.ts';
import type { Caller } from './control-plane.ts';
import type { ControlDeps } from './deps.ts';
import { refer } from './objects.ts';

const servedMax = 20_000;

/** Adds one answer to the record of an attempt. @throws AppError `stale-lease` when the attempt is over */
export async function recordServed(
  deps: ControlDeps,
  caller: Caller,
  jobId: string,
  fence: number,
  served: Served,
): Promise<void> {
  requireGateway(caller);
  const job = await deps.store
    .selectFrom('jobs')
    .select(['rebuild_id', 'status', 'fence'])
    .where('id', '=', jobId)
    .executeTakeFirst();
  if (job?.status !== 'leased' || job.fence !== fence)
    throw new AppError('stale-lease', `Attempt ${fence} of job ${jobId} is over.`);
  const { count } = await deps.store
    .selectFrom('served')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('job_id', '=', jobId)
    .where('fence', '=', fence)
    .executeTakeFirstOrThrow();
  if (count >= servedMax) throw new AppError('too-large', `An attempt may be served ${servedMax} answers.`);
  await refer(deps, served.sha256, job.rebuild_id);
  await deps.store
    .insertInto('served')
    .values({ job_id: jobId, fence, body: JSON.stringify(served) })
    .execute();
}

/** The record of the attempt that this replaying one repeats, in order. */
export async function replayRecord(deps: ControlDeps, caller: Caller, jobId: string): Promise<Served[]> {
  requireGateway(caller);
  const original = await deps.store
    .selectFrom('jobs as replaying')
    .innerJoin('rebuilds as replay', 'replay.id', 'replaying.rebuild_id')
    .innerJoin('rebuilds as original', 'original.id', 'replay.replay_of')
    .innerJoin('jobs as attempt', (join) =>
      join
        .onRef('attempt.rebuild_id', '=', 'original.id')
        .onRef('attempt.attempt', '=', 'original.verdict_attempt')
        .on('attempt.kind', '=', 'rebuild'),
    )
    .select(['attempt.id', 'attempt.fence'])
    .where('replaying.id', '=', jobId)
    .executeTakeFirst();
  if (!original) throw new AppError('not-found', `Job ${jobId} is not a replay.`);
  const rows = await deps.store
    .selectFrom('served')
    .select('body')
    .where('job_id', '=', original.id)
    .where('fence', '=', original.fence)
    .orderBy('id')
    .execute();
  return rows.map((row) => row.body);
}
