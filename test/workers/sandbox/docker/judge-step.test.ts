import { describe, expect, test } from 'vitest';
import { defaultLimits } from '#schemas/recipe.ts';
import { judgeStep, type StepObservation } from '#workers/sandbox/docker/judge-step.ts';
import { parseStepReport } from '#workers/sandbox/docker/step-report.ts';
import { timeLimit } from '#workers/sandbox/limit.ts';

const good: StepObservation = {
  step: 'build',
  endedBy: undefined,
  containerExitCode: 0,
  outOfMemory: false,
  report: { exitCode: 0, refusedForks: 0, memoryKills: 0, cpuSeconds: 1 },
  diskFull: false,
  cpuSeconds: 1,
};
const report = { exitCode: 1, refusedForks: 0, memoryKills: 0, cpuSeconds: 1 };

describe('how a step ended', () => {
  const limit = (reason: string) => expect.objectContaining({ kind: 'limit', step: 'build', reason });
  test.each<[string, Partial<StepObservation>, unknown]>([
    ['a step that exits 0 lets the attempt go on', {}, null],
    ['a step that exits 0 on a full disk lets the attempt go on', { diskFull: true }, null],
    ['a step that exits otherwise fails', { report }, { kind: 'failed', step: 'build', exitCode: 1 }],
    [
      'a step whose report is gone, though its supervisor ended, fails without an exit code',
      { report: undefined },
      { kind: 'failed', step: 'build', exitCode: null },
    ],
    ['a container that something else ended is lost, not failed', { containerExitCode: 137 }, 'lost'],
    ['a failure on a full disk is the disk limit', { report, diskFull: true }, limit('disk-limit')],
    [
      'refused forks are the process limit',
      { report: { ...report, refusedForks: 3 } },
      limit('process-limit'),
    ],
    [
      'refused forks are the process limit even where the step coped',
      { report: { ...report, exitCode: 0, refusedForks: 3 } },
      limit('process-limit'),
    ],
    [
      'a process ended for memory is the memory limit',
      { report: { ...report, memoryKills: 1 } },
      limit('memory-limit'),
    ],
    [
      'a supervisor ended for memory is the memory limit',
      { containerExitCode: 137, outOfMemory: true, report: undefined },
      limit('memory-limit'),
    ],
    ['SIGXCPU is the CPU limit', { report: { ...report, exitCode: 152 } }, limit('cpu-limit')],
    ['CPU time of many processes is the CPU limit', { report, cpuSeconds: 1e9 }, limit('cpu-limit')],
    [
      'what we ended ourselves ended for our reason',
      { endedBy: timeLimit(defaultLimits), containerExitCode: 137 },
      limit('time-limit'),
    ],
  ])('%s', (_sentence, observed, end) => {
    expect(judgeStep({ ...good, ...observed }, defaultLimits)).toEqual(end);
  });
});

describe("the report of a step's supervisor", () => {
  test('is read where the host has cgroup v1', () => {
    const text =
      'exit 3\npids/pids.events max 7\nmemory/memory.oom_control oom_kill_disable 0\nmemory/memory.oom_control oom_kill 2\ncpuacct/cpuacct.usage 1500000000\n';
    expect(parseStepReport(text)).toEqual({ exitCode: 3, refusedForks: 7, memoryKills: 2, cpuSeconds: 1.5 });
  });
  test('is read where the host has cgroup v2', () => {
    const text =
      'exit 0\npids.events max 7\nmemory.events oom 3\nmemory.events oom_kill 2\ncpu.stat usage_usec 2500000\n';
    expect(parseStepReport(text)).toEqual({ exitCode: 0, refusedForks: 7, memoryKills: 2, cpuSeconds: 2.5 });
  });
  test.each(['', 'exit -1', 'exit 256', 'exit 1e1', 'exit', 'exits 0', 'exit 99999999999999999999999'])(
    'that a build has overwritten with %j has no exit code',
    (text) => {
      expect(parseStepReport(text)).toEqual({
        exitCode: null,
        refusedForks: 0,
        memoryKills: 0,
        cpuSeconds: null,
      });
    },
  );
});
