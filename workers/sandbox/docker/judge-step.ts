import type { Limits } from '#schemas/recipe.ts';
import { cpuLimit, diskLimit, type LimitReached, memoryLimit, processLimit } from '../limit.ts';
import type { SandboxEnd } from '../sandbox.ts';
import type { StepReport } from './step-report.ts';

/** What was observed of one step that has ended. */
export interface StepObservation {
  readonly step: string;
  /** The limit for which we ended it ourselves. */
  readonly endedBy: LimitReached | undefined;
  /** 0 when the supervisor came to its end; anything else: the container was ended from outside of it. */
  readonly containerExitCode: number;
  readonly outOfMemory: boolean;
  readonly report: StepReport | undefined;
  /** No space is left, or the step said so: one that cleans up after itself leaves room again. */
  readonly diskFull: boolean;
  /** Of all steps of the attempt so far, this one included. */
  readonly cpuSeconds: number;
}

/** How a shell reports a process that SIGXCPU ended. */
const exitCodeOfCpuLimit = 128 + 24;

/**
 * How the attempt ends with this step; null: it goes on. `lost`: the container ended, and neither the build nor we ended
 * it. Memory, processor time or processes refused end it even where the step coped: what comes after would not be
 * deterministic.
 */
export function judgeStep(seen: StepObservation, limits: Limits): SandboxEnd | 'lost' | null {
  const { step, report } = seen;
  const limit = (reached: LimitReached): SandboxEnd => ({ kind: 'limit', step, ...reached });
  const exitCode = report?.exitCode ?? null;
  if (seen.endedBy !== undefined) return limit(seen.endedBy);
  if (seen.outOfMemory || (report?.memoryKills ?? 0) > 0) return limit(memoryLimit(limits));
  if (seen.containerExitCode !== 0) return 'lost';
  if ((report?.refusedForks ?? 0) > 0) return limit(processLimit(limits));
  if (exitCode === exitCodeOfCpuLimit || seen.cpuSeconds > limits.cpuSeconds) return limit(cpuLimit(limits));
  if (exitCode === 0) return null;
  if (seen.diskFull) return limit(diskLimit(limits));
  return { kind: 'failed', step, exitCode };
}
