import { chmod } from 'node:fs/promises';
import { AppError } from '#core/errors/app-error.ts';
import { baseVariables } from '../layout.ts';
import { outputLimit } from '../limit.ts';
import { createLogPump, type LogPump } from '../log-pump.ts';
import type { SandboxEnd, SandboxEvents, SandboxResult, SandboxSpec } from '../sandbox.ts';
import { type AttemptPlan, stepContainer } from './container-options.ts';
import { askEngine, type Docker } from './engine.ts';
import { type HandoverContainer, startHandover } from './handover-container.ts';
import { judgeStep } from './judge-step.ts';
import { probeInContainer } from './probe-container.ts';
import { removeContainer } from './remove-leftovers.ts';
import { runStep } from './run-step.ts';
import { createVolumes } from './volumes.ts';

export interface Attempt {
  readonly docker: Docker;
  readonly plan: AttemptPlan;
  readonly spec: SandboxSpec;
  readonly events: SandboxEvents;
  readonly signal: AbortSignal;
}

export type AttemptOutcome = Pick<SandboxResult, 'end' | 'outputs' | 'steps'> & {
  /** What the probe said, before anything was in the attempt's folders. */
  readonly probe: string;
};
type StepRecord = SandboxResult['steps'][number];

/**
 * Runs the steps, each in a container of its own, and takes the outputs once all those containers are gone. What is left
 * (volumes, the hand-over container and, after an error, the others) is the caller's to remove.
 */
export async function runAttempt(attempt: Attempt): Promise<AttemptOutcome> {
  const { docker, plan, spec, events, signal } = attempt;
  // Whoever is inside may connect; nobody else gets to it, since its folder on the host is the attempt's own.
  if (spec.gatewaySocket !== undefined) await chmod(spec.gatewaySocket, 0o666);
  await createVolumes(docker, plan);
  const [handover, probe] = await Promise.all([
    startHandover(docker, plan),
    probeInContainer(docker, plan, spec),
  ]);
  const logFull = new AbortController();
  const words = new Words();
  const log = createLogPump({
    bytesMax: spec.limits.logBytes,
    line: (stream, text) => {
      words.noteLine(text);
      events.line(stream, text);
    },
    onExceeded: () => logFull.abort(),
  });
  const [first] = await Promise.all([createStep(attempt, 0), handover.putInputs(spec.inputs, signal)]);
  const steps: StepRecord[] = [];
  const end = await runSteps(attempt, handover, first, { log, logFull: logFull.signal, words }, steps);
  if (end.kind !== 'done') return { end, outputs: [], steps, probe };
  return { ...(await takeOutputs(handover, spec, signal)), steps, probe };
}

async function runSteps(
  attempt: Attempt,
  handover: HandoverContainer,
  first: string | undefined,
  written: { readonly log: LogPump; readonly logFull: AbortSignal; readonly words: Words },
  steps: StepRecord[],
): Promise<SandboxEnd> {
  const { docker, spec, events, signal } = attempt;
  const started = performance.now();
  const removals: Promise<void>[] = [];
  let cpuSeconds = 0;
  let container = first;
  for (const [index, step] of spec.steps.entries()) {
    if (container === undefined) break;
    const stepStarted = performance.now();
    events.stepStarted(step.name);
    // Creating takes a good part of a step's overhead: the next container is created while this one runs.
    const next = settled(createStep(attempt, index + 1));
    const outcome = await runStep(docker, container, {
      limits: spec.limits,
      cpuSecondsBefore: cpuSeconds,
      timeLeftMs: spec.limits.timeSeconds * 1000 - (stepStarted - started),
      signal,
      log: written.log,
      logFull: written.logFull,
    });
    written.log.end();
    // One that fails is tried again with all of the attempt.
    removals.push(removeContainer(docker, container).catch(() => undefined));
    const remains = await handover.inspectStep(signal);
    const report = remains.report;
    const diskFull = remains.diskFull || written.words.takeDiskFull();
    cpuSeconds += report?.cpuSeconds ?? outcome.cpuSeconds;
    const exitCode = outcome.containerExitCode === 0 ? (report?.exitCode ?? null) : null;
    steps.push({ name: step.name, exitCode, durationMs: Math.round(performance.now() - stepStarted) });
    events.stepEnded(step.name, exitCode);
    const end = judgeStep({ step: step.name, ...outcome, report, diskFull, cpuSeconds }, spec.limits);
    if (end === 'lost') {
      throw new AppError('unavailable', `something outside of the build ended the step ${step.name}`, {
        hint: 'the Docker Engine may have been restarted',
      });
    }
    container = await (await next)();
    if (end !== null) return end;
  }
  await Promise.all(removals);
  return { kind: 'done' };
}

/** The promise's end as a function, so that a failure is thrown where it is asked for and not before. */
async function settled<T>(promise: Promise<T>): Promise<() => T> {
  const [result] = await Promise.allSettled([promise]);
  return () => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  };
}

/** Answers the id; undefined where there is no such step. */
async function createStep({ docker, plan, spec }: Attempt, index: number): Promise<string | undefined> {
  const step = spec.steps[index];
  if (step === undefined) return undefined;
  const options = stepContainer(plan, {
    index,
    argv: step.run,
    folder: step.cwd ?? '.',
    variables: { ...baseVariables, ...spec.variables, ...step.variables },
    gatewaySocket: spec.gatewaySocket,
  });
  const { id } = await askEngine('create the container of a step', docker.createContainer(options));
  return id;
}

async function takeOutputs(
  handover: HandoverContainer,
  spec: SandboxSpec,
  signal: AbortSignal,
): Promise<Pick<SandboxResult, 'end' | 'outputs'>> {
  const { outputs, tooLarge } = await handover.takeOutputs(
    spec.outputs,
    spec.handover,
    spec.limits.outputBytes,
    signal,
  );
  if (tooLarge === undefined) return { end: { kind: 'done' }, outputs };
  return {
    end: {
      kind: 'limit',
      step: spec.steps.at(-1)?.name ?? '',
      ...outputLimit(spec.limits),
    },
    outputs: [],
  };
}

/** A build that cleans up after ENOSPC leaves room again: then only its words tell. It can gain nothing by lying. */
class Words {
  #diskFull = false;

  noteLine(text: string): void {
    if (/No space left on device|ENOSPC/.test(text)) this.#diskFull = true;
  }

  /** Whether the step that has just ended said so. */
  takeDiskFull(): boolean {
    const said = this.#diskFull;
    this.#diskFull = false;
    return said;
  }
}
