import { AppError } from '#core/errors/app-error.ts';
import { jobCatalogue, type AttestReport, type ProgressEvent, type ResolveReport } from '#schemas/jobs.ts';
import { advance } from './advance.ts';
import { keepStated } from './attestations.ts';
import { ensureCompletion, keepCompleted, noteRefused } from './completion.ts';
import type { ControlDeps, Tx } from './deps.ts';
import { appendEvents, placeOf, progressBody } from './events.ts';
import { lockLeased, lockRebuildOf } from './lease.ts';
import { summaryTaskOf } from './resummarize.ts';
import type { JobRow, RebuildRow } from './state.ts';
import { keepSummarized, keepSummaryRefused } from './summaries.ts';

/**
 * Accepts a job's report if `token` still holds the job, keeps it and writes what comes next: one transaction, so it
 * happens once. @throws AppError `stale-lease`, `invalid-request`
 */
export async function acceptReport(
  deps: ControlDeps,
  jobId: string,
  token: string,
  body: unknown,
): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const rebuild = await lockRebuildOf(tx, jobId);
    const job = await lockLeased(tx, jobId, token);
    const report = parseReport(job, body);
    await tx
      .updateTable('jobs')
      .set({
        status: 'done',
        report: JSON.stringify(report),
        finished_at: deps.now(),
        token_hash: null,
        lease_until: null,
      })
      .where('id', '=', jobId)
      .execute();
    if (job.kind === 'resolve') await keepResolved(tx, rebuild, report as ResolveReport);
    if (job.kind === 'attest') await keepAttested(deps, tx, rebuild, job, report as AttestReport);
    if (job.after_verdict) return;
    await appendEvents(tx, rebuild.id, [
      { type: 'stage', ...placeOf(job.kind, job.attempt), state: 'ended', name: report.outcome },
    ]);
    await advance(deps, tx, rebuild.id);
    if (job.kind === 'attest') await ensureCompletion(deps, tx, rebuild.id);
  });
  deps.pokeDispatcher();
}

function parseReport({ kind, after_verdict }: JobRow, body: unknown): { outcome: string } {
  const parsed = jobCatalogue[kind].report.safeParse(body);
  if (parsed.success) {
    const { outcome } = parsed.data;
    // What is stated is stated once, by the job that was asked to.
    const others = after_verdict ? ['attested'] : ['completed', 'summarized'];
    if (!others.includes(outcome)) return parsed.data;
    throw new AppError('invalid-request', `A report of outcome ${outcome} does not answer this job.`);
  }
  const [issue] = parsed.error.issues;
  throw new AppError(
    'invalid-request',
    `The ${kind} report is not valid: ${issue?.path.join('.')}: ${issue?.message}`,
  );
}

async function keepResolved(tx: Tx, rebuild: RebuildRow, report: ResolveReport): Promise<void> {
  if (report.outcome === 'unchanged') return;
  const { artifact } = report;
  if (!artifact) return;
  if (rebuild.artifact && rebuild.artifact.digest.sha256 !== artifact.digest.sha256) {
    throw new AppError(
      'invalid-request',
      'The resolve report is about another artifact than the one submitted.',
    );
  }
  await tx
    .updateTable('rebuilds')
    .set({
      artifact: JSON.stringify(artifact),
      artifact_sha256: artifact.digest.sha256,
      ...(report.outcome === 'resolved' ? { recipes: JSON.stringify(report.recipes) } : {}),
    })
    .where('id', '=', rebuild.id)
    .execute();
}

async function keepAttested(
  deps: ControlDeps,
  tx: Tx,
  rebuild: RebuildRow,
  job: JobRow,
  report: AttestReport,
): Promise<void> {
  switch (report.outcome) {
    case 'attested':
      await tx.updateTable('rebuilds').set({ level: report.level }).where('id', '=', rebuild.id).execute();
      return keepStated(tx, rebuild, job, report.attestations);
    case 'completed':
      return keepCompleted(deps, tx, rebuild, job, report);
    case 'summarized':
      return keepSummarized(deps, tx, rebuild, job, report);
    case 'refused':
      if (summaryTaskOf(job)) return keepSummaryRefused(tx, rebuild, job, report.detail);
      // Of the verdict itself, core/next decides what comes of it.
      return job.after_verdict ? noteRefused(tx, rebuild, report.detail) : undefined;
  }
}

/** Adds a worker's progress to the rebuild's events. @throws AppError `stale-lease` */
export async function acceptProgress(
  deps: ControlDeps,
  jobId: string,
  token: string,
  events: readonly ProgressEvent[],
): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const rebuild = await lockRebuildOf(tx, jobId);
    const job = await lockLeased(tx, jobId, token);
    await appendEvents(
      tx,
      rebuild.id,
      events.map((event) => progressBody(event, job.kind, job.attempt)),
    );
  });
}
