import type { Duplex } from 'node:stream';
import { AppError } from '#core/errors/app-error.ts';
import type { Limits } from '#schemas/recipe.ts';
import { cpuLimit, type LimitReached, logLimit, memoryLimit, processLimit, timeLimit } from '../limit.ts';
import type { LogPump } from '../log-pump.ts';
import { processesMax } from './container-options.ts';
import { askEngine, askIfThere, type Docker } from './engine.ts';
import { readFrames } from './frames.ts';
import { watchUsage } from './watch-usage.ts';

/** What ends a step before its own end: set by whoever notices first. */
export interface StepWatch {
  readonly limits: Limits;
  /** CPU time of the steps before this one. */
  readonly cpuSecondsBefore: number;
  /** Milliseconds left for this step and those after it. */
  readonly timeLeftMs: number;
  readonly log: LogPump;
  /** Aborted by the log pump. */
  readonly logFull: AbortSignal;
  /** The caller's. */
  readonly signal: AbortSignal;
}

export interface StepOutcome {
  readonly endedBy: LimitReached | undefined;
  readonly containerExitCode: number;
  readonly outOfMemory: boolean;
  /** As last measured; the step's own report is later. */
  readonly cpuSeconds: number;
}

/** Starts the created container of a step and follows it to its end. Aborting ends it and throws `interrupted`. */
export async function runStep(docker: Docker, id: string, watch: StepWatch): Promise<StepOutcome> {
  const container = docker.getContainer(id);
  const stream = (await askEngine(
    'attach to the step',
    container.attach({ stream: true, stdout: true, stderr: true }),
  )) as Duplex;
  let endedBy: LimitReached | undefined;
  let cpuSeconds = 0;
  let killed: Promise<unknown> = Promise.resolve();
  const kill = (): void => {
    // An engine that does not do it would not end the output either.
    killed = askIfThere('end the step', container.kill({ signal: 'SIGKILL' })).catch((error: Error) =>
      stream.destroy(error),
    );
  };
  const endFor = (limit: LimitReached): void => {
    if (endedBy !== undefined) return;
    endedBy = limit;
    kill();
  };
  const onLogFull = (): void => endFor(logLimit(watch.limits));
  const measuring = new AbortController();
  const timer = setTimeout(() => endFor(timeLimit(watch.limits)), Math.max(0, watch.timeLeftMs));
  watch.signal.addEventListener('abort', kill, { once: true });
  watch.logFull.addEventListener('abort', onLogFull, { once: true });
  try {
    watch.signal.throwIfAborted();
    await askEngine('start the step', container.start());
    if (watch.signal.aborted) kill();
    const measured = watchUsage(
      docker,
      id,
      (usage) => {
        cpuSeconds = Math.max(cpuSeconds, usage.cpuSeconds);
        if (watch.cpuSecondsBefore + cpuSeconds > watch.limits.cpuSeconds) endFor(cpuLimit(watch.limits));
        if ((usage.anonymousBytes ?? 0) > watch.limits.memoryBytes) endFor(memoryLimit(watch.limits));
        if (usage.processes >= processesMax(watch.limits)) endFor(processLimit(watch.limits));
      },
      measuring.signal,
    );
    for await (const { stream: name, bytes } of readFrames(stream)) watch.log.write(name, bytes);
    await killed;
    const { StatusCode } = (await askEngine('wait for the step', container.wait())) as { StatusCode: number };
    measuring.abort();
    await measured;
    const { State } = await askEngine('look at the step', container.inspect());
    return { endedBy, containerExitCode: StatusCode, outOfMemory: State.OOMKilled, cpuSeconds };
  } catch (error) {
    if (watch.signal.aborted)
      throw new AppError('interrupted', 'the attempt was interrupted', { cause: error });
    if (error instanceof AppError) throw error;
    throw new AppError('unavailable', 'the Docker Engine was lost while a step ran', { cause: error });
  } finally {
    clearTimeout(timer);
    measuring.abort();
    watch.signal.removeEventListener('abort', kill);
    watch.logFull.removeEventListener('abort', onLogFull);
    stream.destroy();
  }
}
