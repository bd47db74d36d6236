import { expect, test } from 'vitest';
import { RebuildReport } from '#schemas/jobs.ts';
import { reportFailure, reportMissingOutputs } from '#workers/rebuild/classify.ts';

const sha256 = 'a'.repeat(64);
const ran = {
  sandbox: { kind: 'bubblewrap' as const, runtime: 'bwrap 0.8.0', unlimited: [] },
  rootfs: { digest: { sha256 }, packages: [] },
  facts: [],
  startedOn: '2026-11-22T12:00:00Z',
  finishedOn: '2026-11-22T12:00:01Z',
  steps: [],
};
const recipe = {
  steps: (['prepare', 'dependencies', 'build'] as const).map((phase) => ({
    name: phase,
    phase,
    run: ['true'],
  })),
};
const failed = (step: string) => ({ kind: 'failed', step, exitCode: 1 }) as const;
const nothing = () => undefined;

test("only a step of phase build can fail as the build's own fault", () => {
  expect(reportFailure(failed('build'), recipe, ran, nothing)).toMatchObject({
    outcome: 'build-failed',
    reason: 'step-failed',
    step: 'build',
    exitCode: 1,
  });
  expect(reportFailure(failed('dependencies'), recipe, ran, nothing)).toMatchObject({
    outcome: 'not-established',
    verdict: 'inconclusive',
    reason: 'input-unavailable',
  });
  expect(reportFailure(failed('prepare'), recipe, ran, nothing)).toMatchObject({
    outcome: 'not-established',
    verdict: 'inconclusive',
    reason: 'infrastructure',
    retryable: true,
  });
});

const lacking = () => ({ detail: 'The registry has no hatchling 9.' });

test('an input that the log of a dependencies step shows to be missing is named', () => {
  expect(reportFailure(failed('dependencies'), recipe, ran, lacking)).toMatchObject({
    outcome: 'not-established',
    reason: 'input-unavailable',
    detail: 'The registry has no hatchling 9.',
  });
});

test('a package cannot turn its own failed build into a missing input by what it prints', () => {
  expect(reportFailure(failed('build'), recipe, ran, lacking)).toMatchObject({
    outcome: 'build-failed',
    reason: 'step-failed',
  });
});

test.each(['time', 'cpu', 'memory', 'disk', 'process', 'log', 'output'] as const)(
  "the limit on %s is ours to set: reaching it is never the build's failure",
  (limit) => {
    const end = {
      kind: 'limit',
      step: 'build',
      reason: `${limit}-limit`,
      detail: 'It was reached.',
    } as const;
    const report = reportFailure(end, recipe, ran, nothing);
    expect(report).toMatchObject({
      outcome: 'not-established',
      verdict: 'inconclusive',
      reason: `${limit}-limit`,
    });
    expect(RebuildReport.safeParse(report).success).toBe(true);
  },
);

test('a build that ends well without a declared output has failed, and the output is named with its name escaped', () => {
  const report = reportMissingOutputs(['dist/\u001b[31m.whl'], recipe, ran);
  expect(report).toMatchObject({ outcome: 'build-failed', reason: 'output-missing', step: 'build' });
  expect(JSON.stringify(report)).toContain('\\\\u001b');
  expect(RebuildReport.safeParse(report).success).toBe(true);
});
