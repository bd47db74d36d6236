import { AppError } from '#core/errors/app-error.ts';
import type { Artifact } from '#schemas/artifact.ts';
import type { Comparison } from '#schemas/comparison.ts';
import type {
  AttestInput,
  CompareInput,
  CompareReport,
  JobKind,
  RebuildInput,
  RebuildReport,
  ResolveInput,
} from '#schemas/jobs.ts';
import type { Recipe } from '#schemas/recipe.ts';
import type { Verdict } from '#schemas/verdict.ts';
import type { ControlDeps, Tx } from './deps.ts';
import type { JobRow, RebuildRow } from './state.ts';

/** What each kind of job is given, from the rows. A missing piece here is a bug, not an operational error. */

export function resolveInput(rebuild: RebuildRow): ResolveInput {
  const { request } = rebuild;
  if (request.kind === 'purl') return request;
  if (request.kind === 'supplied' && rebuild.artifact)
    return { kind: 'supplied', artifact: rebuild.artifact, recipe: request.recipe };
  throw new AppError('internal', `Rebuild ${rebuild.id} has nothing to resolve.`);
}

export function recheckInput(rebuild: RebuildRow): ResolveInput {
  const artifact = artifactOf(rebuild);
  if (artifact.purl === undefined)
    throw new AppError('internal', `Rebuild ${rebuild.id} has no purl to check again.`);
  return { kind: 'recheck', artifact: { ...artifact, purl: artifact.purl } };
}

/** The gateway's grant is added when the job is claimed: it is for that fence only. */
export function rebuildInput(rebuild: RebuildRow, attempt: number): RebuildInput {
  return { recipe: recipeOf(rebuild, attempt), attempt };
}

export function compareInput(rebuild: RebuildRow, jobs: readonly JobRow[], attempt: number): CompareInput {
  const report = rebuildReport(jobs, attempt);
  const output = report?.outcome === 'built' ? report.outputs[0] : undefined;
  if (!output)
    throw new AppError('internal', `Attempt ${attempt} of rebuild ${rebuild.id} has no output to compare.`);
  return { artifact: artifactOf(rebuild), output };
}

/** Visibility and keys are brought up to date when the job is claimed. */
export async function attestInput(
  deps: ControlDeps,
  tx: Tx,
  rebuild: RebuildRow,
  jobs: readonly JobRow[],
  verdict: Verdict,
  attempt: number,
): Promise<AttestInput> {
  const report = rebuildReport(jobs, attempt);
  const output = report?.outcome === 'built' ? report.outputs[0] : undefined;
  return {
    task: { kind: 'state' },
    visibility: rebuild.visibility,
    withdrawnKeys: [],
    rebuildId: rebuild.id,
    invocationNonce: rebuild.invocation_nonce,
    verdict,
    ...(rebuild.artifact ? { artifact: rebuild.artifact } : {}),
    ...(attempt > 0 ? { recipe: recipeOf(rebuild, attempt), attempt } : {}),
    ...(output ? { output } : {}),
    ...(report?.ran ? { ran: report.ran } : {}),
    served: attempt > 0 ? await servedTo(tx, jobs, attempt) : [],
    comparisons: comparisonsOf(jobs, attempt),
    submitter: rebuild.submitter,
    submittedAt: rebuild.created_at.toISOString(),
    ...(rebuild.replay_of ? { replayOf: rebuild.replay_of } : {}),
    facts: [...deps.facts],
  };
}

async function servedTo(tx: Tx, jobs: readonly JobRow[], attempt: number): Promise<AttestInput['served']> {
  const job = jobOf(jobs, 'rebuild', attempt);
  if (!job) return [];
  const rows = await tx
    .selectFrom('served')
    .select('body')
    .where('job_id', '=', job.id)
    .where('fence', '=', job.fence)
    .orderBy('id')
    .execute();
  const bodies = rows
    .map((row) => row.body)
    .filter((served) => served.kind === 'file' || served.kind === 'index');
  // By digest too: an index that was asked for twice may have been another one.
  const distinct = new Map(
    bodies.map(({ upstreamUrl, path, sha256, kind }) => [
      `${upstreamUrl ?? path}\n${sha256}\n${kind}`,
      { uri: upstreamUrl ?? path, sha256, kind },
    ]),
  );
  return [...distinct.values()];
}

export function comparisonsOf(jobs: readonly JobRow[], attempt: number): Comparison[] {
  return jobs
    .filter((job) => job.kind === 'compare' && job.attempt === attempt)
    .map((job) => job.report as CompareReport | null)
    .filter((report) => report?.outcome === 'compared')
    .map((report) => report.comparison);
}

export function rebuildReport(jobs: readonly JobRow[], attempt: number): RebuildReport | undefined {
  return (jobOf(jobs, 'rebuild', attempt)?.report as RebuildReport | null | undefined) ?? undefined;
}

export function jobOf(jobs: readonly JobRow[], kind: JobKind, attempt: number): JobRow | undefined {
  return jobs.find((job) => job.kind === kind && job.attempt === attempt);
}

export function recipeOf(rebuild: RebuildRow, attempt: number): Recipe {
  const recipe = rebuild.recipes?.[attempt - 1];
  if (!recipe) throw new AppError('internal', `Rebuild ${rebuild.id} has no recipe number ${attempt}.`);
  return recipe;
}

function artifactOf(rebuild: RebuildRow): Artifact {
  if (!rebuild.artifact) throw new AppError('internal', `Rebuild ${rebuild.id} has no artifact yet.`);
  return rebuild.artifact;
}
