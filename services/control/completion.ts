import { sql } from 'kysely';
import { AttestInput, type AttestReport, type Stated } from '#schemas/jobs.ts';
import { addAfterVerdict } from './add-job.ts';
import { keepBundles } from './attestations.ts';
import type { ControlDeps, Tx } from './deps.ts';
import { appendEvents } from './events.ts';
import { withdrawnKeys } from './keys.ts';
import { keepView } from './kept-view.ts';
import { ensureSummaries } from './resummarize.ts';
import { jobsOf, lockRebuild, type JobRow, type RebuildRow } from './state.ts';

/** After the attester has told that something is away; later pauses grow from here (lease.ts). */
const firstPauseSeconds = 2;
const batchMax = 100;

/**
 * Has the attester asked for whatever of a finished rebuild is not complete, unless it is being asked already. The caller
 * holds the rebuild's lock, so that there is one such job at a time.
 */
export async function ensureCompletion(
  deps: ControlDeps,
  tx: Tx,
  rebuildId: string,
  delaySeconds = firstPauseSeconds,
): Promise<void> {
  if (await isComplete(tx, rebuildId)) return;
  const jobs = await jobsOf(tx, rebuildId);
  const input = statedInput(jobs);
  if (!input) return;
  await ensureSummaries(deps, tx, rebuildId, input, jobs, delaySeconds);
  const stated = await incomplete(tx, rebuildId);
  if (stated.length === 0) return;
  if (jobs.some((job) => isOpen(job) && taskOf(job) === 'complete')) return;
  await addAfterVerdict(deps, tx, rebuildId, { ...input, task: { kind: 'complete', stated } }, delaySeconds);
}

/** What the attester was given when it stated the verdict: whatever is signed of it later is made from the same. */
export function statedInput(jobs: readonly JobRow[]): AttestInput | undefined {
  const job = jobs.find(
    ({ kind, after_verdict, report }) =>
      kind === 'attest' && !after_verdict && (report as AttestReport | null)?.outcome === 'attested',
  );
  return job && AttestInput.parse(job.input);
}

/** An attest job's input as it is when it is claimed: keys are withdrawn, and rebuilds published, while it waits. */
export async function freshInput(tx: Tx, job: JobRow): Promise<AttestInput> {
  const input = AttestInput.parse(job.input);
  const { visibility } = await tx
    .selectFrom('rebuilds')
    .select('visibility')
    .where('id', '=', job.rebuild_id)
    .executeTakeFirstOrThrow();
  const task =
    input.task.kind === 'complete'
      ? { ...input.task, stated: await incomplete(tx, job.rebuild_id) }
      : input.task;
  return { ...input, task, visibility, withdrawnKeys: await withdrawnKeys(tx) };
}

/** Takes the bundles that were made later, and sees to it that the rest is asked for again. */
export async function keepCompleted(
  deps: ControlDeps,
  tx: Tx,
  rebuild: RebuildRow,
  job: JobRow,
  report: Extract<AttestReport, { outcome: 'completed' }>,
): Promise<void> {
  const kept = await keepBundles(tx, rebuild, job, report.attestations);
  await keepView(tx, rebuild);
  await appendEvents(
    tx,
    rebuild.id,
    kept.map((name) => ({ type: 'attestation', name, state: 'complete' })),
  );
  await ensureCompletion(deps, tx, rebuild.id);
}

/** The attester would not sign it: said, and asked again once another attester has started. */
export async function noteRefused(tx: Tx, rebuild: RebuildRow, detail: string): Promise<void> {
  const text = `Our signer would not sign what was stated: ${detail}`.slice(0, 4096);
  await appendEvents(tx, rebuild.id, [{ type: 'note', text }]);
}

/** Marks what a revoked key signed and has it signed again; in batches, so that it can be any number. */
export async function sweepRevoked(deps: ControlDeps): Promise<number> {
  const { rows } = await sql<{ rebuild_id: string }>`
    select distinct a.rebuild_id from attestations a
      join signing_keys k on k.hint = a.key_hint
     where a.state = 'complete' and k.revoked_at is not null limit ${batchMax}`.execute(deps.store);
  for (const { rebuild_id: id } of rows)
    await deps.store.transaction().execute(async (tx) => {
      const rebuild = await lockRebuild(tx, id);
      const revoked = await tx
        .updateTable('attestations')
        .set({ state: 'revoked', bundle_sha256: null, bundle_size: null, logged: false, timestamped: false })
        .where('rebuild_id', '=', id)
        .where('state', '=', 'complete')
        .where('key_hint', 'in', (eb) =>
          eb.selectFrom('signing_keys').select('hint').where('revoked_at', 'is not', null),
        )
        .returning('predicate_type')
        .execute();
      await changed(deps, tx, rebuild, revoked, 'revoked');
    });
  return rows.length;
}

/** A rebuild that was private is public now: what no log has seen is to be logged. */
export async function relog(deps: ControlDeps, tx: Tx, rebuild: RebuildRow): Promise<void> {
  const unlogged = await tx
    .updateTable('attestations')
    .set({ state: 'unlogged', bundle_sha256: null, bundle_size: null, timestamped: false })
    .where('rebuild_id', '=', rebuild.id)
    .where('state', '=', 'complete')
    .where('logged', '=', false)
    .where('statement_sha256', 'is not', null)
    .returning('predicate_type')
    .execute();
  await changed(deps, tx, rebuild, unlogged, 'unlogged');
}

async function changed(
  deps: ControlDeps,
  tx: Tx,
  rebuild: RebuildRow,
  rows: readonly { predicate_type: string }[],
  state: 'unlogged' | 'revoked',
): Promise<void> {
  if (rows.length === 0 || !rebuild.finished_at) return;
  await keepView(tx, rebuild);
  await appendEvents(
    tx,
    rebuild.id,
    rows.map(({ predicate_type: name }) => ({ type: 'attestation', name, state })),
  );
  await ensureCompletion(deps, tx, rebuild.id, 0);
}

/**
 * Asks again for what is not complete and is asked for by no job: its last one was refused, by an attester before the
 * present one, or was lost with a fault between two versions.
 */
export async function sweepIncomplete(deps: ControlDeps): Promise<number> {
  const { rows } = await sql<{ rebuild_id: string }>`
    select distinct a.rebuild_id from attestations a
      join rebuilds r on r.id = a.rebuild_id and r.finished_at is not null
     where a.state <> 'complete' and a.statement_sha256 is not null
       and not exists (select 1 from jobs j where j.rebuild_id = a.rebuild_id and j.after_verdict
                          and (j.status in ('queued', 'leased')
                               or j.created_at >= (select max(registered_at) from signers)))
     limit ${batchMax}`.execute(deps.store);
  for (const { rebuild_id: id } of rows)
    await deps.store.transaction().execute(async (tx) => {
      await lockRebuild(tx, id);
      await ensureCompletion(deps, tx, id, 0);
    });
  return rows.length;
}

async function isComplete(tx: Tx, rebuildId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('attestations')
    .select('rebuild_id')
    .where('rebuild_id', '=', rebuildId)
    .where('state', '<>', 'complete')
    .limit(1)
    .executeTakeFirst();
  return row === undefined;
}

async function incomplete(tx: Tx, rebuildId: string): Promise<Stated[]> {
  const rows = await tx
    .selectFrom('attestations')
    .select(['predicate_type', 'subject_sha256', 'statement_sha256', 'statement_size'])
    .where('rebuild_id', '=', rebuildId)
    .where('state', '<>', 'complete')
    // Summaries are judged again instead (resummarize.ts).
    .where('variant', '=', '')
    .orderBy('predicate_type')
    .execute();
  return rows.flatMap((row) =>
    row.statement_sha256 === null
      ? []
      : [
          {
            predicateType: row.predicate_type,
            subject: { sha256: row.subject_sha256 },
            statement: { digest: { sha256: row.statement_sha256 }, size: row.statement_size ?? 0 },
          },
        ],
  );
}

function isOpen({ status }: JobRow): boolean {
  return status === 'queued' || status === 'leased';
}

function taskOf({ kind, input }: JobRow): string | undefined {
  return kind === 'attest' ? (input as Partial<AttestInput>).task?.kind : undefined;
}
