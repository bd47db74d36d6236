import type { JobReport } from '#schemas/jobs.ts';

/** The report that no recipe can be made, for a reason that trying again does not change. */
export function withoutRecipe(detail: string): Extract<JobReport<'resolve'>, { outcome: 'not-established' }> {
  return {
    outcome: 'not-established',
    verdict: 'unsupported',
    reason: 'no-recipe',
    retryable: false,
    detail,
  };
}
