import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { next } from '#core/next/next.ts';
import type { JobState, Next, RebuildState } from '#core/next/state.ts';
import type { JobReport } from '#schemas/jobs.ts';
import { builtReport, sampleArtifact, sampleComparison, sampleRecipe } from '#test/harness/samples.ts';

const artifact = sampleArtifact('published');
const recipes = [sampleRecipe(), sampleRecipe({ notes: ['second'] })];

const fresh: RebuildState = { cancelled: false, recheck: true, jobs: [] };
const resolveDone: JobState = {
  kind: 'resolve',
  attempt: 0,
  status: 'done',
  report: { outcome: 'resolved', artifact, source: sampleRecipe().source, recipes },
};
const unchanged: JobState = { kind: 'resolve', attempt: 0, status: 'done', report: { outcome: 'unchanged' } };
const built = (attempt: number, bytes: string): JobState => ({
  kind: 'rebuild',
  attempt,
  status: 'done',
  report: builtReport(bytes),
});
const compared = (
  attempt: number,
  result: 'identical' | 'equivalent' | 'different',
  total = 1,
): JobState => ({
  kind: 'compare',
  attempt,
  status: 'done',
  report: {
    outcome: 'compared',
    comparison: {
      ...sampleComparison(result, 'published', 'other'),
      differencesTotal: result === 'different' ? total : 0,
    },
    reader: { confinement: 'test' },
  },
});
const after = (...jobs: JobState[]): RebuildState => ({
  ...fresh,
  resolved: { artifact, recipes },
  jobs: [resolveDone, ...jobs],
});

describe('what comes next for a rebuild', () => {
  it('begins by finding the artifact', () => {
    expect(next(fresh)).toEqual({ do: 'resolve' });
  });

  it('waits while a job is open', () => {
    expect(next({ ...fresh, jobs: [{ kind: 'resolve', attempt: 0, status: 'open' }] })).toEqual({
      do: 'wait',
    });
  });

  it('signs what resolve could not establish, as resolve said it', () => {
    const report = {
      outcome: 'not-established',
      verdict: 'inconclusive',
      reason: 'artifact-not-found',
      retryable: false,
      detail: 'No such version.',
    } as const;
    expect(next({ ...fresh, jobs: [{ kind: 'resolve', attempt: 0, status: 'done', report }] })).toEqual({
      do: 'attest',
      attempt: 0,
      verdict: {
        kind: 'inconclusive',
        reason: 'artifact-not-found',
        retryable: false,
        detail: 'No such version.',
      },
    });
  });

  it('is reproduced from equal digests alone, with no comparison, once the registry still names the same file', () => {
    const state = after(built(1, 'published'));
    expect(next(state)).toEqual({ do: 'recheck' });
    expect(next({ ...state, jobs: [...state.jobs, unchanged] })).toMatchObject({
      do: 'attest',
      attempt: 1,
      verdict: { kind: 'reproduced' },
    });
  });

  it('is not reproduced when the published file was replaced meanwhile', () => {
    const changed: JobState = {
      kind: 'resolve',
      attempt: 0,
      status: 'done',
      report: {
        outcome: 'not-established',
        verdict: 'inconclusive',
        reason: 'artifact-changed',
        retryable: true,
        detail: 'It was replaced.',
      },
    };
    expect(next(after(built(1, 'published'), changed))).toMatchObject({
      do: 'attest',
      verdict: { kind: 'inconclusive', reason: 'artifact-changed' },
    });
  });

  it('never becomes equivalent on one reader alone', () => {
    expect(next(after(built(1, 'other'), compared(1, 'equivalent')))).toEqual({ do: 'compare', attempt: 1 });
  });

  it('believes neither of two readers that disagree', () => {
    const second = compared(1, 'different', 3);
    const verdict = next(
      after(
        built(1, 'other'),
        compared(1, 'equivalent'),
        second,
        built(2, 'other'),
        compared(2, 'equivalent'),
        compared(2, 'different'),
      ),
    );
    expect(verdict).toMatchObject({
      do: 'attest',
      verdict: { kind: 'inconclusive', reason: 'reports-disagree' },
    });
  });

  it('does not believe a reader that calls different bytes identical', () => {
    const state = after(
      built(1, 'other'),
      compared(1, 'identical'),
      built(2, 'other'),
      compared(2, 'identical'),
    );
    expect(next(state)).toMatchObject({
      do: 'attest',
      verdict: { kind: 'inconclusive', reason: 'reader-failed' },
    });
  });

  it('tries the next recipe when the first does not reproduce', () => {
    expect(next(after(built(1, 'other'), compared(1, 'different')))).toEqual({ do: 'rebuild', attempt: 2 });
  });

  it('tells the attempt with the fewest differences when none reproduces', () => {
    const state = after(
      built(1, 'other'),
      compared(1, 'different', 9),
      built(2, 'other'),
      compared(2, 'different', 2),
      unchanged,
    );
    expect(next(state)).toMatchObject({ do: 'attest', attempt: 2, verdict: { kind: 'different' } });
  });

  it('calls our own repeated failure inconclusive, never the build failed', () => {
    const state = after(
      { kind: 'rebuild', attempt: 1, status: 'gave-up' },
      { kind: 'rebuild', attempt: 2, status: 'gave-up' },
    );
    expect(next(state)).toMatchObject({
      do: 'attest',
      verdict: { kind: 'inconclusive', reason: 'infrastructure', retryable: true },
    });
  });

  it('withdraws a verdict that the signer refuses, once', () => {
    const refused: JobState = {
      kind: 'attest',
      attempt: 0,
      status: 'done',
      report: { outcome: 'refused', detail: 'digests differ' },
    };
    const state: RebuildState = {
      ...after(built(1, 'published'), unchanged, refused),
      verdict: { kind: 'reproduced', retryable: false, detail: '' },
    };
    expect(next(state)).toMatchObject({
      do: 'attest',
      verdict: { kind: 'inconclusive', reason: 'infrastructure' },
    });
    expect(next({ ...state, jobs: [...state.jobs, refused] })).toEqual({ do: 'finish' });
  });

  it('reaches exactly one finished verdict whatever the workers report, and never opens two jobs at once', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat({ max: 5 })), fc.boolean(), (choices, recheck) => {
        let state: RebuildState = { ...fresh, recheck };
        for (let step = 0; step < 40; step += 1) {
          const what = next(state);
          expect(what.do).not.toBe('wait');
          if (what.do === 'finish') {
            expect(state.verdict).toBeDefined();
            return;
          }
          state = carryOut(state, what, choices.next().value);
        }
        expect.unreachable('a rebuild must end');
      }),
      { numRuns: 2000 },
    );
  });

  it('reproduced always rests on an attempt whose digest equals the artifact, whatever readers say', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat({ max: 5 })), (choices) => {
        let state: RebuildState = { ...fresh, recheck: false };
        for (let step = 0; step < 40 && next(state).do !== 'finish'; step += 1)
          state = carryOut(state, next(state), choices.next().value);
        if (state.verdict?.kind !== 'reproduced') return;
        const equal = state.jobs.some(
          (job) =>
            job.kind === 'rebuild' &&
            job.report?.outcome === 'built' &&
            job.report.outputs[0]?.digest.sha256 === artifact.digest.sha256,
        );
        expect(equal).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

/** One of several ways in which the job that `what` asks for could end. */
function carryOut(state: RebuildState, what: Next, choice: number): RebuildState {
  const notEstablished = {
    outcome: 'not-established',
    verdict: 'inconclusive',
    reason: 'infrastructure',
    retryable: true,
    detail: 'x',
  } as const;
  const add = (job: JobState): RebuildState => ({ ...state, jobs: [...state.jobs, job] });
  switch (what.do) {
    case 'resolve':
      if (choice === 0) return add({ kind: 'resolve', attempt: 0, status: 'gave-up' });
      if (choice === 1) return add({ kind: 'resolve', attempt: 0, status: 'done', report: notEstablished });
      return { ...add(resolveDone), resolved: { artifact, recipes } };
    case 'recheck':
      return add(
        choice < 3 ? unchanged : { kind: 'resolve', attempt: 0, status: 'done', report: notEstablished },
      );
    case 'rebuild':
      if (choice === 0) return add({ kind: 'rebuild', attempt: what.attempt, status: 'gave-up' });
      if (choice === 1)
        return add({ kind: 'rebuild', attempt: what.attempt, status: 'done', report: notEstablished });
      return add(built(what.attempt, choice === 2 ? 'published' : 'other'));
    case 'compare':
      if (choice === 0) return add({ kind: 'compare', attempt: what.attempt, status: 'gave-up' });
      return add(
        compared(what.attempt, choice === 1 ? 'identical' : choice < 4 ? 'equivalent' : 'different'),
      );
    case 'attest': {
      const report: JobReport<'attest'> =
        choice === 0
          ? { outcome: 'refused', detail: 'x' }
          : { outcome: 'attested', attestations: [], level: 'SLSA_BUILD_LEVEL_1' };
      return { ...add({ kind: 'attest', attempt: 0, status: 'done', report }), verdict: what.verdict };
    }
    default:
      throw new Error(`unexpected ${what.do}`);
  }
}
