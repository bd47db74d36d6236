import { jsonDigest } from '#core/json/digest.ts';
import type { RebuildReport } from '#schemas/jobs.ts';
import { Level } from '#schemas/level.ts';
import type { AttemptView, RebuildResult } from '#schemas/rebuild.ts';
import type { Store } from '#services/store/store.ts';
import { attestationsOf } from './attestations.ts';
import type { Tx } from './deps.ts';
import { comparisonsOf, rebuildReport, recipeOf } from './job-inputs.ts';
import { jobsOf, type JobRow, type RebuildRow } from './state.ts';
import { summariesOf } from './summary-view.ts';

/** Differences shown with a result; the comparison statement and the objects hold the rest. */
const differencesMax = 200;

/** A rebuild as people and scripts get it. While it is not finished its verdict is `pending`, whatever is known inside. */
export async function viewOf(db: Store | Tx, rebuild: RebuildRow): Promise<RebuildResult> {
  const jobs = await jobsOf(db, rebuild.id);
  const attempt = rebuild.verdict_attempt ?? 0;
  const finished = rebuild.finished_at !== null;
  const summaries = finished ? await summariesOf(db, rebuild.id) : [];
  const comparison = comparisonsOf(jobs, attempt)[0];
  const recipe = attempt > 0 ? recipeOf(rebuild, attempt) : rebuild.recipes?.[0];
  const verdict = finished ? rebuild.verdict : null;
  const open = jobs.findLast((job) => job.status === 'queued' || job.status === 'leased');
  const {
    verdict: kind,
    reason,
    retryable,
    detail,
  } = verdict
    ? { verdict: verdict.kind, reason: verdict.reason, retryable: verdict.retryable, detail: verdict.detail }
    : {
        verdict: 'pending' as const,
        reason: undefined,
        retryable: true,
        detail: `Not decided yet${open ? `: ${open.kind}` : ''}.`,
      };
  return {
    schemaVersion: 1,
    verdict: kind,
    ...(reason ? { reason } : {}),
    retryable,
    detail,
    artifact: rebuild.artifact ?? (rebuild.purl ? { purl: rebuild.purl } : {}),
    ...(recipe
      ? {
          source: {
            kind: recipe.source.kind,
            file: recipe.source.file,
            digest: recipe.source.digest,
            ...(recipe.source.url ? { url: recipe.source.url } : {}),
          },
          recipe: {
            by: recipe.by,
            digest: jsonDigest(recipe),
            recipe,
            ...(recipe.by === 'supplied' ? { author: rebuild.submitter } : {}),
          },
          clock: recipe.clock,
        }
      : {}),
    level: levelOf(rebuild),
    passes: verdict?.kind === 'equivalent' ? (comparison?.passes ?? []) : [],
    differences: finished ? (comparison?.differences.slice(0, differencesMax) ?? []) : [],
    differencesTotal: finished ? (comparison?.differencesTotal ?? 0) : 0,
    findings: finished ? (comparison?.findings ?? []) : [],
    causes: finished ? (comparison?.causes ?? []) : [],
    attempts: attemptsOf(rebuild, jobs),
    attestations: await attestationsOf(db, rebuild.id),
    ...(summaries.length > 0 ? { summaries } : {}),
    rebuild: {
      id: rebuild.id,
      createdAt: rebuild.created_at.toISOString(),
      visibility: rebuild.visibility,
      submitter: rebuild.submitter,
      ...(rebuild.finished_at ? { finishedAt: rebuild.finished_at.toISOString() } : {}),
      ...(rebuild.replay_of ? { replayOf: rebuild.replay_of } : {}),
      ...(!finished && open ? { stage: open.kind } : {}),
    },
  };
}

function levelOf(rebuild: RebuildRow): RebuildResult['level'] {
  return Level.nullable().parse(rebuild.level) ?? 'SLSA_BUILD_LEVEL_0';
}

function attemptsOf(rebuild: RebuildRow, jobs: readonly JobRow[]): AttemptView[] {
  return (
    jobs
      // The row may have been read a moment before the recipes were: a job that was made since has none in it.
      .filter((job) => job.kind === 'rebuild' && rebuild.recipes?.[job.attempt - 1] !== undefined)
      .map(({ attempt, status }) => {
        const recipe = recipeOf(rebuild, attempt);
        return {
          number: attempt,
          recipe: { notes: recipe.notes, digest: jsonDigest(recipe) },
          ...(status === 'gave-up' ? gaveUp : outcomeOf(rebuildReport(jobs, attempt))),
        };
      })
  );
}

const gaveUp = {
  outcome: 'not-established',
  reason: 'infrastructure',
  detail: 'Our own infrastructure failed too often, or the rebuild was cancelled.',
} as const;

function outcomeOf(report: RebuildReport | undefined): Omit<AttemptView, 'number' | 'recipe'> {
  if (!report) return { outcome: 'pending' };
  const { ran } = report;
  const where = ran
    ? {
        sandbox: `${ran.sandbox.kind} (${ran.sandbox.runtime})`,
        rootfs: ran.rootfs.digest,
        startedOn: ran.startedOn,
        finishedOn: ran.finishedOn,
        ...(ran.log ? { log: ran.log } : {}),
      }
    : {};
  if (report.outcome !== 'built')
    return { outcome: report.outcome, ...where, reason: report.reason, detail: report.detail };
  const [output] = report.outputs;
  return {
    outcome: 'built',
    ...where,
    ...(output ? { output: { file: output.file, digest: output.digest, size: output.size } } : {}),
  };
}
