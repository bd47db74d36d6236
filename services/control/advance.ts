import { randomUUID } from 'node:crypto';
import { next } from '#core/next/next.ts';
import type { Next } from '#core/next/state.ts';
import type { JobInput, JobKind } from '#schemas/jobs.ts';
import type { Verdict } from '#schemas/verdict.ts';
import { attestInput, compareInput, rebuildInput, recheckInput, resolveInput } from './job-inputs.ts';
import { rewakeSeconds, type ControlDeps, type Tx } from './deps.ts';
import { appendEvents, placeOf } from './events.ts';
import { keepView } from './kept-view.ts';
import { jobsOf, lockRebuild, stateOf, type JobRow, type RebuildRow } from './state.ts';

/**
 * Asks core/next what comes next for a rebuild and writes it, in the caller's transaction: at most one new job, with
 * its outbox row. The rebuild's row lock makes this happen once for each change of state.
 */
export async function advance(deps: ControlDeps, tx: Tx, rebuildId: string): Promise<void> {
  const rebuild = await lockRebuild(tx, rebuildId);
  if (rebuild.finished_at) return;
  const jobs = await jobsOf(tx, rebuildId);
  await apply(deps, tx, rebuild, jobs, next(stateOf(rebuild, jobs)));
}

async function apply(
  deps: ControlDeps,
  tx: Tx,
  rebuild: RebuildRow,
  jobs: readonly JobRow[],
  what: Next,
): Promise<void> {
  switch (what.do) {
    case 'wait':
      return;
    case 'resolve':
      return addJob(deps, tx, rebuild, jobs, 'resolve', 0, resolveInput(rebuild));
    case 'rebuild':
      return addJob(deps, tx, rebuild, jobs, 'rebuild', what.attempt, rebuildInput(rebuild, what.attempt));
    case 'compare':
      return addJob(
        deps,
        tx,
        rebuild,
        jobs,
        'compare',
        what.attempt,
        compareInput(rebuild, jobs, what.attempt),
      );
    case 'recheck':
      return addJob(deps, tx, rebuild, jobs, 'resolve', 0, recheckInput(rebuild));
    case 'attest': {
      await keepVerdict(tx, rebuild, what.verdict, what.attempt);
      const input = await attestInput(deps, tx, rebuild, jobs, what.verdict, what.attempt);
      return addJob(deps, tx, rebuild, jobs, 'attest', 0, input);
    }
    case 'finish':
      return finish(deps, tx, rebuild);
  }
}

async function addJob<K extends JobKind>(
  deps: ControlDeps,
  tx: Tx,
  rebuild: RebuildRow,
  jobs: readonly JobRow[],
  kind: K,
  attempt: number,
  input: JobInput<K>,
): Promise<void> {
  const id = randomUUID();
  const dueAt = new Date(deps.now().getTime() + rewakeSeconds * 1000);
  await tx
    .insertInto('jobs')
    .values({
      id,
      rebuild_id: rebuild.id,
      ordinal: jobs.length,
      kind,
      attempt,
      input: JSON.stringify(input),
      status: 'queued',
      due_at: dueAt,
    })
    .execute();
  await tx.insertInto('outbox').values({ job_id: id, kind }).execute();
  await appendEvents(tx, rebuild.id, [{ type: 'stage', ...placeOf(kind, attempt), state: 'queued' }]);
}

async function keepVerdict(tx: Tx, rebuild: RebuildRow, verdict: Verdict, attempt: number): Promise<void> {
  await tx
    .updateTable('rebuilds')
    .set({ verdict: JSON.stringify(verdict), verdict_kind: verdict.kind, verdict_attempt: attempt })
    .where('id', '=', rebuild.id)
    .execute();
}

async function finish(deps: ControlDeps, tx: Tx, rebuild: RebuildRow): Promise<void> {
  const finished = await tx
    .updateTable('rebuilds')
    .set({ finished_at: deps.now() })
    .where('id', '=', rebuild.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await keepView(tx, finished);
  const text = rebuild.verdict?.detail ?? '';
  await appendEvents(tx, rebuild.id, [
    { type: 'verdict', name: rebuild.verdict?.kind ?? 'inconclusive', text },
  ]);
}
