import { advance } from './advance.ts';
import type { ControlDeps } from './deps.ts';
import { setBack, wakeAgain } from './lease.ts';
import { lockRebuild } from './state.ts';

const batchMax = 100;

/**
 * Sends again whatever is due, from the truth alone: jobs that no worker has claimed in time (their message was lost)
 * and leases that ran out (their worker died). Safe to run at any time, in several processes.
 */
export async function sweep(deps: ControlDeps): Promise<{ woken: number; lapsed: number }> {
  const lapsed = await sweepLapsed(deps);
  const woken = await sweepQueued(deps);
  if (lapsed + woken > 0) deps.pokeDispatcher();
  return { woken, lapsed };
}

async function sweepLapsed(deps: ControlDeps): Promise<number> {
  const now = deps.now();
  const candidates = await deps.store
    .selectFrom('jobs')
    .select(['id', 'rebuild_id'])
    .where('status', '=', 'leased')
    .where('lease_until', '<', now)
    .limit(batchMax)
    .execute();
  for (const candidate of candidates) {
    await deps.store.transaction().execute(async (tx) => {
      await lockRebuild(tx, candidate.rebuild_id);
      const job = await tx
        .selectFrom('jobs')
        .selectAll()
        .where('id', '=', candidate.id)
        .forUpdate()
        .executeTakeFirst();
      if (job?.status !== 'leased' || job.lease_until === null || job.lease_until >= now) return;
      await setBack(deps, tx, job, `worker ${job.worker ?? 'unknown'} was not heard of again.`);
      const after = await tx
        .selectFrom('jobs')
        .select(['id', 'kind', 'status'])
        .where('id', '=', job.id)
        .executeTakeFirstOrThrow();
      if (after.status === 'queued') await wakeAgain(deps, tx, after);
    });
  }
  return candidates.length;
}

async function sweepQueued(deps: ControlDeps): Promise<number> {
  return deps.store.transaction().execute(async (tx) => {
    const due = await tx
      .selectFrom('jobs')
      .select(['id', 'kind'])
      .where('status', '=', 'queued')
      .where('due_at', '<', deps.now())
      .orderBy('due_at')
      .limit(batchMax)
      .forUpdate()
      .skipLocked()
      .execute();
    for (const job of due) await wakeAgain(deps, tx, job);
    return due.length;
  });
}

/** Asks core/next again for rebuilds that have no open job: only a fault between two versions could leave one so. */
export async function sweepStranded(deps: ControlDeps): Promise<number> {
  const stranded = await deps.store
    .selectFrom('rebuilds')
    .select('id')
    .where('finished_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('jobs')
            .select('jobs.id')
            .whereRef('jobs.rebuild_id', '=', 'rebuilds.id')
            .where('jobs.status', 'in', ['queued', 'leased']),
        ),
      ),
    )
    .limit(batchMax)
    .execute();
  for (const { id } of stranded) await deps.store.transaction().execute((tx) => advance(deps, tx, id));
  if (stranded.length > 0) deps.pokeDispatcher();
  return stranded.length;
}
