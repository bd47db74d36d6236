import { isDeepStrictEqual } from 'node:util';
import type { Comparison } from '#schemas/comparison.ts';
import type { Verdict } from '#schemas/verdict.ts';
import type { JobState, Next, RebuildState } from './state.ts';
import { verdicts } from './verdicts.ts';

type Resolve = Extract<JobState, { kind: 'resolve' }>;
type Rebuild = Extract<JobState, { kind: 'rebuild' }>;
type Compare = Extract<JobState, { kind: 'compare' }>;
type Attest = Extract<JobState, { kind: 'attest' }>;

/** What an attempt came to: a verdict, or the next thing that has to be done before one can be told. */
type AttemptStanding = { readonly verdict: Verdict; readonly differences: number } | { readonly next: Next };

/** Strongest first; of several attempts the strongest verdict stands. */
const strength: readonly Verdict['kind'][] = [
  'reproduced',
  'equivalent',
  'different',
  'build-failed',
  'unsupported',
  'inconclusive',
];

/**
 * From a rebuild's state, what comes next: the one place that decides. Pure; the control plane applies the answer in
 * one transaction. Asking again in the same state gives the same answer.
 */
export function next(state: RebuildState): Next {
  if (state.verdict) return afterVerdict(state);
  if (state.cancelled) return attest(verdicts.cancelled());
  if (state.jobs.some((job) => job.status === 'open')) return { do: 'wait' };
  if (!state.resolved) return beforeResolved(state);
  return judgeAttempts(state, state.resolved);
}

function afterVerdict(state: RebuildState): Next {
  const attests = state.jobs.filter((job): job is Attest => job.kind === 'attest');
  const last = attests.at(-1);
  if (!last || last.status === 'open') return { do: 'wait' };
  // The signer saw bytes that contradict the verdict: it is withdrawn, and that is what gets signed, once.
  if (last.report?.outcome === 'refused' && attests.length === 1)
    return attest(verdicts.refused(last.report.detail));
  return { do: 'finish' };
}

function attest(verdict: Verdict, attempt = 0): Extract<Next, { do: 'attest' }> {
  return { do: 'attest', verdict, attempt };
}

function beforeResolved(state: RebuildState): Next {
  const resolve = state.jobs.find((job): job is Resolve => job.kind === 'resolve');
  if (!resolve) return { do: 'resolve' };
  if (resolve.report?.outcome === 'not-established') {
    const { verdict, reason, retryable, detail } = resolve.report;
    return attest({ kind: verdict, reason, retryable, detail });
  }
  return attest(verdicts.infrastructure('finding the artifact and its source'));
}

function judgeAttempts(state: RebuildState, resolved: NonNullable<RebuildState['resolved']>): Next {
  const standings: { verdict: Verdict; differences: number; attempt: number }[] = [];
  for (let attempt = 1; attempt <= resolved.recipes.length; attempt += 1) {
    const standing = attemptStanding(state, attempt, resolved.artifact.digest.sha256);
    if ('next' in standing) return standing.next;
    standings.push({ ...standing, attempt });
    if (standing.verdict.kind === 'reproduced') break;
  }
  standings.sort(
    (x, y) =>
      strength.indexOf(x.verdict.kind) - strength.indexOf(y.verdict.kind) ||
      x.differences - y.differences ||
      x.attempt - y.attempt,
  );
  const best = standings[0];
  if (!best) return attest(verdicts.infrastructure('choosing a recipe'));
  return recheckOr(state, attest(best.verdict, best.attempt));
}

/** The published file is looked at again before a verdict on its bytes is told: it may have been replaced meanwhile. */
function recheckOr(state: RebuildState, conclude: Extract<Next, { do: 'attest' }>): Next {
  const onBytes = ['reproduced', 'equivalent', 'different'].includes(conclude.verdict.kind);
  if (!state.recheck || !onBytes) return conclude;
  const recheck = state.jobs.filter((job): job is Resolve => job.kind === 'resolve')[1];
  if (!recheck) return { do: 'recheck' };
  if (recheck.report?.outcome === 'unchanged') return conclude;
  const changed = recheck.report?.outcome === 'not-established' ? recheck.report : undefined;
  const verdict: Verdict = changed
    ? { kind: changed.verdict, reason: changed.reason, retryable: changed.retryable, detail: changed.detail }
    : verdicts.infrastructure('checking the published file again');
  return { ...conclude, verdict };
}

function attemptStanding(state: RebuildState, attempt: number, artifactSha256: string): AttemptStanding {
  const rebuild = state.jobs.find((job): job is Rebuild => job.kind === 'rebuild' && job.attempt === attempt);
  if (!rebuild) return { next: { do: 'rebuild', attempt } };
  const report = rebuild.report;
  if (!report) return settled(verdicts.infrastructure('rebuilding'));
  if (report.outcome === 'not-established') {
    return settled({
      kind: report.verdict,
      reason: report.reason,
      retryable: report.retryable,
      detail: report.detail,
    });
  }
  if (report.outcome === 'build-failed') {
    return settled({
      kind: 'build-failed',
      reason: report.reason,
      retryable: false,
      detail: report.detail,
      step: report.step,
    });
  }
  const output = report.outputs[0];
  if (output?.digest.sha256 === artifactSha256) return settled(verdicts.reproduced());
  const compares = state.jobs.filter(
    (job): job is Compare => job.kind === 'compare' && job.attempt === attempt,
  );
  return comparedStanding(compares, attempt);
}

/** `equivalent` needs the same report from two fresh readers; a reader that contradicts the digests is not believed. */
function comparedStanding(compares: readonly Compare[], attempt: number): AttemptStanding {
  const [first, second] = compares;
  if (!first) return { next: { do: 'compare', attempt } };
  const one = comparisonOf(first);
  if (!one) return settled(readerFailed(first));
  if (one.result === 'identical')
    return settled(verdicts.readerFailed('The reader called files identical whose digests differ.'));
  if (one.result === 'different') return settled(verdicts.different(one), one.differencesTotal);
  if (!second) return { next: { do: 'compare', attempt } };
  const two = comparisonOf(second);
  if (!two) return settled(readerFailed(second));
  return isDeepStrictEqual(one, two)
    ? settled(verdicts.equivalent(one))
    : settled(verdicts.reportsDisagree());
}

function comparisonOf(job: Compare): Comparison | undefined {
  return job.report?.outcome === 'compared' ? job.report.comparison : undefined;
}

function readerFailed(job: Compare): Verdict {
  return verdicts.readerFailed(
    job.report?.outcome === 'not-established' ? job.report.detail : 'The comparison was tried too often.',
  );
}

function settled(verdict: Verdict, differences = 0): AttemptStanding {
  return { verdict, differences };
}
