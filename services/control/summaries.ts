import { AppError, asAppError } from '#core/errors/app-error.ts';
import { canonicalJson } from '#core/json/canonical.ts';
import { jsonDigest } from '#core/json/digest.ts';
import { withoutRefused } from '#core/normalize/known-passes.ts';
import type { AttestReport } from '#schemas/jobs.ts';
import type { Policy } from '#schemas/policy.ts';
import { vsaPredicateType } from '#schemas/predicate-types.ts';
import type { Summary } from '#schemas/summary.ts';
import { requireWriter, visibleRebuild } from './access.ts';
import { keepBundles } from './attestations.ts';
import { ensureCompletion, statedInput } from './completion.ts';
import type { Caller } from './control-plane.ts';
import type { ControlDeps, Tx } from './deps.ts';
import { appendEvents } from './events.ts';
import { keepView } from './kept-view.ts';
import { askSummary, isAsked, summaryTaskOf } from './resummarize.ts';
import { jobsOf, lockRebuild, type JobRow, type RebuildRow } from './state.ts';
import { summariesOf } from './summary-view.ts';

/** Policies that one rebuild is held against at most. */
const policiesMax = 50;
const againSeconds = 30;

/**
 * Has a finished rebuild held against a policy and the result signed. Asked twice for the same policy it is one summary;
 * one that was refused is tried again. @throws AppError `not-found`, `forbidden`, `conflict`, `invalid-request`
 */
export async function summarize(
  deps: ControlDeps,
  caller: Caller,
  id: string,
  policy: Policy,
): Promise<Summary> {
  requireWriter(caller);
  await visibleRebuild(deps.store, caller, id);
  refuseUnstorable(policy);
  refuseUnknownPasses(policy);
  const sha256 = jsonDigest(policy).sha256;
  const summary = await deps.store.transaction().execute(async (tx) => {
    const rebuild = await lockRebuild(tx, id);
    const jobs = await jobsOf(tx, id);
    const before = (await summariesOf(tx, id)).find((each) => each.policy.digest.sha256 === sha256);
    if (before && (before.state !== 'refused' || isAsked(jobs, sha256))) return before;
    const input = statedInput(jobs);
    if (!rebuild.finished_at || !input?.artifact)
      throw new AppError(
        'conflict',
        `Nothing is stated of rebuild ${id} that a policy could be held against.`,
        {
          hint: 'Wait until it has its verdict; a rebuild without an artifact has nothing to say.',
        },
      );
    await keepAsked(tx, id, caller, { policy, sha256, askedAt: deps.now() });
    await askSummary(deps, tx, id, input, { policy, askedAt: deps.now() });
    await changed(tx, id);
    return (await summariesOf(tx, id)).find((each) => each.policy.digest.sha256 === sha256);
  });
  deps.pokeDispatcher();
  if (!summary) throw new AppError('internal', `The policy of rebuild ${id} was not kept.`);
  return summary;
}

/** PostgreSQL's JSON has neither NUL nor half a surrogate pair, and no honest policy has. @throws AppError `invalid-request` */
function refuseUnstorable(policy: Policy): void {
  const text = canonicalJson(policy);
  if (/\\u(?:0000|d[89a-f])/.test(text))
    throw new AppError('invalid-request', 'A text in the policy has a NUL or is not well-formed Unicode.');
}

/** A pass that is refused by a wrong name is not refused at all. @throws AppError `invalid-request` */
function refuseUnknownPasses({ refusedPasses = [] }: Policy): void {
  try {
    withoutRefused(refusedPasses);
  } catch (error) {
    const { message, hint } = asAppError(error);
    throw new AppError('invalid-request', message, { ...(hint !== undefined && { hint }), cause: error });
  }
}

async function keepAsked(
  tx: Tx,
  id: string,
  caller: Caller,
  { policy, sha256, askedAt }: { policy: Policy; sha256: string; askedAt: Date },
): Promise<void> {
  const { count } = await tx
    .selectFrom('summaries')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('rebuild_id', '=', id)
    .executeTakeFirstOrThrow();
  if (Number(count) >= policiesMax)
    throw new AppError('conflict', `Rebuild ${id} was held against ${policiesMax} policies already.`);
  await tx
    .insertInto('summaries')
    .values({
      rebuild_id: id,
      policy_sha256: sha256,
      policy: JSON.stringify(policy),
      asked_by: caller.subject,
      asked_at: askedAt,
    })
    .onConflict((conflict) =>
      conflict.columns(['rebuild_id', 'policy_sha256']).doUpdateSet({ refused: null, asked_at: askedAt }),
    )
    .execute();
}

/** Keeps a signed summary: of several for one policy, the first that is complete is served. */
export async function keepSummarized(
  deps: ControlDeps,
  tx: Tx,
  rebuild: RebuildRow,
  job: JobRow,
  { attestation, summary }: Extract<AttestReport, { outcome: 'summarized' }>,
): Promise<void> {
  const task = summaryTaskOf(job);
  if (!task || attestation.predicateType !== vsaPredicateType)
    throw new AppError('invalid-request', 'The report does not answer this job.');
  const variant = jsonDigest(task.policy).sha256;
  const { subject, statement } = attestation;
  const stated = { statement_sha256: statement.digest.sha256, statement_size: statement.size };
  await tx
    .insertInto('attestations')
    .values({
      rebuild_id: rebuild.id,
      predicate_type: vsaPredicateType,
      variant,
      subject_sha256: subject.sha256,
      ...stated,
      state: 'unlogged',
    })
    .onConflict((conflict) =>
      conflict
        .columns(['rebuild_id', 'predicate_type', 'variant'])
        .doUpdateSet(stated)
        .where('attestations.state', '<>', 'complete'),
    )
    .execute();
  const kept = await keepBundles(tx, rebuild, job, [attestation]);
  if (kept.length > 0)
    await tx
      .updateTable('summaries')
      .set({ outcome: JSON.stringify(summary), refused: null })
      .where('rebuild_id', '=', rebuild.id)
      .where('policy_sha256', '=', variant)
      .execute();
  await changed(tx, rebuild.id, kept.length > 0 ? 'complete' : 'unlogged');
  // Its key was withdrawn, or the rebuild published, while it was being signed.
  if (kept.length === 0) await ensureCompletion(deps, tx, rebuild.id, againSeconds);
}

/** The signer would not: said with the policy, which can be asked for again. */
export async function keepSummaryRefused(
  tx: Tx,
  rebuild: RebuildRow,
  job: JobRow,
  detail: string,
): Promise<void> {
  const task = summaryTaskOf(job);
  if (!task) return;
  await tx
    .updateTable('summaries')
    .set({ refused: detail })
    .where('rebuild_id', '=', rebuild.id)
    .where('policy_sha256', '=', jsonDigest(task.policy).sha256)
    .execute();
  await changed(tx, rebuild.id);
}

/** The result tells of it: whoever waits is woken. */
async function changed(tx: Tx, id: string, state?: 'complete' | 'unlogged'): Promise<void> {
  const rebuild = await lockRebuild(tx, id);
  await keepView(tx, rebuild);
  const told = { name: vsaPredicateType, ...(state ? { state } : { text: 'a policy' }) };
  await appendEvents(tx, id, [{ type: 'attestation', ...told }]);
}
