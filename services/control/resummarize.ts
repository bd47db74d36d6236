import type { AttestInput, AttestTask, Stated } from '#schemas/jobs.ts';
import { jsonDigest } from '#core/json/digest.ts';
import type { Policy } from '#schemas/policy.ts';
import { addAfterVerdict } from './add-job.ts';
import type { ControlDeps, Tx } from './deps.ts';
import type { JobRow } from './state.ts';

/** What was stated of the rebuild itself, complete or not: what policies are held against. */
export async function statedOf(tx: Tx, rebuildId: string): Promise<Stated[]> {
  const rows = await tx
    .selectFrom('attestations')
    .select(['predicate_type', 'subject_sha256', 'statement_sha256', 'statement_size'])
    .where('rebuild_id', '=', rebuildId)
    .where('variant', '=', '')
    .where('statement_sha256', 'is not', null)
    .orderBy('predicate_type')
    .execute();
  return rows.map((row) => ({
    predicateType: row.predicate_type,
    subject: { sha256: row.subject_sha256 },
    statement: { digest: { sha256: row.statement_sha256 ?? '' }, size: row.statement_size ?? 0 },
  }));
}

/** The summarize task of an attest job, if that is what it is. */
export function summaryTaskOf({
  kind,
  input,
}: JobRow): Extract<AttestTask, { kind: 'summarize' }> | undefined {
  const task = kind === 'attest' ? (input as Partial<AttestInput>).task : undefined;
  return task?.kind === 'summarize' ? task : undefined;
}

/**
 * Has each summary made anew whose bundle is gone (its key was revoked, or it is to be logged now) and that is asked for
 * by no job. It is judged again too: by whom it is signed is a part of what a policy asks.
 */
export async function ensureSummaries(
  deps: ControlDeps,
  tx: Tx,
  rebuildId: string,
  input: AttestInput,
  jobs: readonly JobRow[],
  delaySeconds: number,
): Promise<void> {
  const rows = await tx
    .selectFrom('attestations')
    .innerJoin('summaries', (join) =>
      join
        .onRef('summaries.rebuild_id', '=', 'attestations.rebuild_id')
        .onRef('summaries.policy_sha256', '=', 'attestations.variant'),
    )
    .select(['summaries.policy', 'summaries.asked_at', 'summaries.policy_sha256'])
    .where('attestations.rebuild_id', '=', rebuildId)
    .where('attestations.state', '<>', 'complete')
    .execute();
  for (const { policy, asked_at: askedAt, policy_sha256: sha256 } of rows)
    if (!isAsked(jobs, sha256))
      await askSummary(deps, tx, rebuildId, input, { policy, askedAt }, delaySeconds);
}

export async function askSummary(
  deps: ControlDeps,
  tx: Tx,
  rebuildId: string,
  input: AttestInput,
  { policy, askedAt }: { policy: Policy; askedAt: Date },
  delaySeconds = 0,
): Promise<void> {
  const stated = await statedOf(tx, rebuildId);
  const task = { kind: 'summarize', policy, askedAt: askedAt.toISOString(), stated } as const;
  await addAfterVerdict(deps, tx, rebuildId, { ...input, task }, delaySeconds);
}

/** Whether a job for that policy is still to be done. */
export function isAsked(jobs: readonly JobRow[], policySha256: string): boolean {
  return jobs.some((job) => {
    const task = job.status === 'queued' || job.status === 'leased' ? summaryTaskOf(job) : undefined;
    return task !== undefined && jsonDigest(task.policy).sha256 === policySha256;
  });
}
