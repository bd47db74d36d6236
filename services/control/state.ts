import type { RebuildState, JobState } from '#core/next/state.ts';
import type { Selectable } from 'kysely';
import type { Database } from '#services/store/tables.ts';
import { AppError } from '#core/errors/app-error.ts';
import type { Store } from '#services/store/store.ts';
import type { Tx } from './deps.ts';

export type RebuildRow = Selectable<Database['rebuilds']>;
export type JobRow = Selectable<Database['jobs']>;

/** The rebuild's row, locked until the transaction ends: every change of a rebuild begins here. @throws AppError `not-found` */
export async function lockRebuild(tx: Tx, id: string): Promise<RebuildRow> {
  const row = await tx.selectFrom('rebuilds').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new AppError('not-found', `There is no rebuild ${id}.`);
  return row;
}

export function jobsOf(tx: Tx | Store, rebuildId: string): Promise<JobRow[]> {
  return tx.selectFrom('jobs').selectAll().where('rebuild_id', '=', rebuildId).orderBy('ordinal').execute();
}

/** Rows as core/next understands them. Reports were checked against their schema when they were accepted. */
export function stateOf(rebuild: RebuildRow, jobs: readonly JobRow[]): RebuildState {
  return {
    cancelled: rebuild.cancelled,
    recheck: rebuild.request.kind === 'purl',
    jobs: jobs.map(jobState),
    ...(rebuild.artifact && rebuild.recipes
      ? { resolved: { artifact: rebuild.artifact, recipes: rebuild.recipes } }
      : {}),
    ...(rebuild.verdict ? { verdict: rebuild.verdict } : {}),
  };
}

function jobState(job: JobRow): JobState {
  const status = job.status === 'queued' || job.status === 'leased' ? 'open' : job.status;
  const report = job.report === null ? {} : { report: job.report };
  return { kind: job.kind, attempt: job.attempt, status, ...report } as JobState;
}
