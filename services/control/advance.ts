import { next } from '#core/next/next.ts';
import type { Next } from '#core/next/state.ts';
import type { Verdict } from '#schemas/verdict.ts';
import { addStage } from './add-job.ts';
import { attestInput, compareInput, rebuildInput, recheckInput, resolveInput } from './job-inputs.ts';
import type { ControlDeps, Tx } from './deps.ts';
import { appendEvents } from './events.ts';
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
  const { id } = rebuild;
  const ordinal = jobs.length;
  switch (what.do) {
    case 'wait':
      return;
    case 'resolve':
      return addStage(deps, tx, id, { kind: 'resolve', attempt: 0, ordinal, input: resolveInput(rebuild) });
    case 'rebuild': {
      const { attempt } = what;
      return addStage(deps, tx, id, {
        kind: 'rebuild',
        attempt,
        ordinal,
        input: rebuildInput(rebuild, attempt),
      });
    }
    case 'compare': {
      const { attempt } = what;
      const input = compareInput(rebuild, jobs, attempt);
      return addStage(deps, tx, id, { kind: 'compare', attempt, ordinal, input });
    }
    case 'recheck':
      return addStage(deps, tx, id, { kind: 'resolve', attempt: 0, ordinal, input: recheckInput(rebuild) });
    case 'attest': {
      await keepVerdict(tx, rebuild, what.verdict, what.attempt);
      const input = await attestInput(deps, tx, rebuild, jobs, what.verdict, what.attempt);
      return addStage(deps, tx, id, { kind: 'attest', attempt: 0, ordinal, input });
    }
    case 'finish':
      return finish(deps, tx, rebuild);
  }
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
