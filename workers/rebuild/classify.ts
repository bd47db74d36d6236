import type { JobReport } from '#schemas/jobs.ts';
import type { Recipe } from '#schemas/recipe.ts';
import type { SandboxEnd } from '../sandbox/sandbox.ts';

type RebuildReport = JobReport<'rebuild'>;
type Ran = Extract<RebuildReport, { outcome: 'built' }>['ran'];

/** What an ecosystem reads out of a failed step's log: the input that the registry lacks. */
export type ExplainFailure = (logTail: string) => { readonly detail: string } | undefined;

const detailLengthMax = 4000;

/**
 * The report of an attempt that did not end well. Whose failure it is follows from the step's phase: only `build` can
 * be the build's own. Limits are ours to set, so a limit is never the build's failure. Pure.
 */
export function reportFailure(
  end: Exclude<SandboxEnd, { kind: 'done' }>,
  recipe: Pick<Recipe, 'steps'>,
  ran: Ran,
  explain: () => { readonly detail: string } | undefined,
): RebuildReport {
  const notEstablished = {
    outcome: 'not-established',
    verdict: 'inconclusive',
    ran,
  } as const;
  if (end.kind === 'limit') {
    // Another machine, or a quieter one, may be faster; it will not need less memory.
    const retryable = end.reason === 'time-limit' || end.reason === 'cpu-limit';
    return { ...notEstablished, reason: end.reason, retryable, detail: `${end.detail} Step: ${end.step}.` };
  }
  const phase = recipe.steps.find(({ name }) => name === end.step)?.phase;
  // What a build step prints is the package's own to choose: it could name an input to be let off.
  const explained = phase === 'dependencies' ? explain() : undefined;
  if (explained !== undefined)
    return {
      ...notEstablished,
      reason: 'input-unavailable',
      retryable: false,
      detail: explained.detail.slice(0, detailLengthMax),
    };
  const ended = `Step "${end.step}" ended with exit code ${end.exitCode ?? 'none'}`;
  if (phase === 'dependencies')
    return {
      ...notEstablished,
      reason: 'input-unavailable',
      retryable: true,
      detail: `${ended}: what the build needs could not be had.`,
    };
  if (phase === 'prepare')
    return {
      ...notEstablished,
      reason: 'infrastructure',
      retryable: true,
      detail: `${ended} while the build was prepared.`,
    };
  return {
    outcome: 'build-failed',
    reason: 'step-failed',
    step: end.step,
    exitCode: end.exitCode,
    detail: `${ended}.`,
    ran,
  };
}

/** The report of a build that ended well without all that it declared. */
export function reportMissingOutputs(
  missing: readonly string[],
  recipe: Pick<Recipe, 'steps'>,
  ran: Ran,
): RebuildReport {
  const names = missing.map((path) => JSON.stringify(path)).join(', ');
  return {
    outcome: 'build-failed',
    reason: 'output-missing',
    step: recipe.steps.at(-1)?.name ?? '',
    exitCode: 0,
    detail: `The build ended well but did not make ${names}.`.slice(0, detailLengthMax),
    ran,
  };
}
