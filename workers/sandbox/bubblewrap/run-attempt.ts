import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { AppError } from '#core/errors/app-error.ts';
import type { Cgroup } from '../cgroup/cgroup.ts';
import type { LimitReached } from '../limit.ts';
import { cpuLimit, diskLimit, logLimit, outputLimit } from '../limit.ts';
import { createLogPump } from '../log-pump.ts';
import type { SandboxEnd, SandboxEvents, SandboxResult, SandboxSpec } from '../sandbox.ts';
import { readControl, type ControlMessage } from './control-stream.ts';
import { readProbe } from '../probe/confinement.ts';
import { factsOfProbe, ownNamespaces } from '../probe/facts.ts';
import { treeFact } from '../probe/tree-fact.ts';
import { hostCommand, type HostIdentity } from './host-command.ts';
import { receiveOutputs } from './receive-outputs.ts';
import { watchLimits } from './watch-limits.ts';

/** How a shell reports a process that SIGXCPU ended. */
const exitCodeOfCpuLimit = 128 + 24;

export interface Attempt {
  readonly spec: SandboxSpec;
  readonly events: SandboxEvents;
  readonly signal: AbortSignal;
  /** Arguments of the outer bwrap. */
  readonly args: readonly string[];
  readonly cgroup: Cgroup;
  readonly runtime: string;
  readonly profileSha256: string;
  readonly identity: HostIdentity;
}

/** Runs the outer sandbox to its end and reads the supervisor's report. When it returns or throws, no process of it is left. */
export async function runAttempt(attempt: Attempt): Promise<SandboxResult> {
  const { spec, events, signal, cgroup } = attempt;
  const command = hostCommand(attempt.args, cgroup.joins, attempt.identity);
  const child = spawn(command.file, command.args, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  });
  const closed = once(child, 'close');
  const exited = once(child, 'exit');
  const kill = () => child.kill('SIGKILL');

  let limit: LimitReached | undefined;
  const reach = (reached: LimitReached): void => {
    limit ??= reached;
    kill();
  };
  const watch = watchLimits(spec.limits, cgroup, reach);
  signal.addEventListener('abort', kill, { once: true });

  const state = new Progress(spec);
  const lastLines: string[] = [];
  const pump = createLogPump({
    bytesMax: spec.limits.logBytes,
    line: (stream, text) => {
      lastLines.push(text);
      if (lastLines.length > 5) lastLines.shift();
      state.noteLine(text);
      events.line(stream, text);
    },
    onExceeded: () => reach(logLimit(spec.limits)),
  });
  child.stdout?.on('data', (chunk: Buffer) => pump.write('stdout', chunk));
  child.stderr?.on('data', (chunk: Buffer) => pump.write('stderr', chunk));

  const receiver = receiveOutputs(spec.handover, spec.limits.outputBytes);
  let broken: unknown;
  try {
    for await (const message of readControl(child.stdio[3] as Readable)) {
      if (message.kind === 'start') events.stepStarted(state.start(message.index));
      else if (message.kind === 'end') {
        // Where it was killed, the mark never comes.
        await Promise.race([pump.marked(message.index + 1), exited]);
        const { name, exitCode } = state.end(message);
        events.stepEnded(name, exitCode);
        // A limit that the build coped with still ended it: what comes after would not be deterministic.
        const reached =
          (await watch.check()) ?? (exitCode === exitCodeOfCpuLimit ? cpuLimit(spec.limits) : undefined);
        if (reached !== undefined) reach(reached);
      } else if (message.kind === 'file') {
        const fits = await receiver.begin(spec.outputs[message.index] ?? '', message.size);
        if (!fits) reach(outputLimit(spec.limits));
      } else if (message.kind === 'bytes') await receiver.write(message.bytes);
      else state.note(message);
      if (limit !== undefined) break;
    }
  } catch (error) {
    broken = error;
    kill();
  }
  await receiver.end();
  await closed;
  pump.end();
  watch.stop();
  signal.removeEventListener('abort', kill);
  if (signal.aborted) throw new AppError('interrupted', 'The attempt was stopped', { cause: signal.reason });

  const end = endOf(state, limit, spec);
  if (end === undefined) {
    const said =
      state.fault ?? (broken instanceof Error ? broken.message : undefined) ?? 'it ended without a report';
    throw new AppError(
      'unavailable',
      `The sandbox did not work: ${said}${lastLines.length === 0 ? '' : ` (${lastLines.join(' | ')})`}`,
      {
        hint: 'assay doctor says what this host lacks for bubblewrap.',
        cause: broken,
      },
    );
  }
  const inside = readProbe(state.probe ?? '', spec.canaries ?? []);
  const place = {
    outside: await ownNamespaces(),
    profileSha256: attempt.profileSha256,
    gateway: spec.gatewaySocket !== undefined,
    hostKernel: true,
    fresh:
      'a memory file system and namespaces made for this attempt; each step ended with its PID namespace, outputs were read after that',
  };
  return {
    end,
    outputs: end.kind === 'done' ? receiver.received : [],
    steps: state.steps,
    facts: [...factsOfProbe(inside, place), treeFact(spec.rootfs)],
    canaries: inside.canaries,
    runtime: attempt.runtime,
    unlimited: unlimitedOf(cgroup),
  };
}

/** What the supervisor has said so far. */
class Progress {
  readonly steps: { name: string; exitCode: number | null; durationMs: number }[] = [];
  probe: string | undefined;
  fault: string | undefined;
  done = false;
  full = false;
  private diskFull = false;
  private startedAt = 0;
  private readonly spec: SandboxSpec;
  private current: string;

  constructor(spec: SandboxSpec) {
    this.spec = spec;
    this.current = spec.steps[0]?.name ?? '';
  }

  /** The step that runs, or ran last. */
  get step(): string {
    return this.current;
  }

  start(index: number): string {
    this.current = this.spec.steps[index]?.name ?? '';
    this.startedAt = performance.now();
    this.diskFull = false;
    return this.current;
  }

  end(message: Extract<ControlMessage, { kind: 'end' }>): { name: string; exitCode: number } {
    const { exitCode, freeBytes, freeInodes } = message;
    if (freeBytes === 0 || freeInodes === 0) this.diskFull = true;
    this.full = exitCode !== 0 && this.diskFull;
    this.steps.push({
      name: this.current,
      exitCode,
      durationMs: Math.round(performance.now() - this.startedAt),
    });
    return { name: this.current, exitCode };
  }

  /** A build that cleans up after ENOSPC leaves room again: then only its words tell. It can gain nothing by lying. */
  noteLine(text: string): void {
    if (/No space left on device|ENOSPC/.test(text)) this.diskFull = true;
  }

  note(message: ControlMessage): void {
    if (message.kind === 'probe') this.probe = message.text;
    if (message.kind === 'fault') this.fault = message.text;
    if (message.kind === 'full') this.full = true;
    if (message.kind === 'done') this.done = true;
  }
}

function endOf(state: Progress, limit: LimitReached | undefined, spec: SandboxSpec): SandboxEnd | undefined {
  const reached = limit ?? (state.full ? diskLimit(spec.limits) : undefined);
  if (reached !== undefined) return { kind: 'limit', step: state.step, ...reached };
  if (!state.done) return undefined;
  const failed = state.steps.find(({ exitCode }) => exitCode !== 0);
  return failed === undefined
    ? { kind: 'done' }
    : { kind: 'failed', step: failed.name, exitCode: failed.exitCode };
}

function unlimitedOf({ limited }: Cgroup): string[] {
  return [
    ...(limited.memory ? [] : ['memory: limited for each process, not for all together (no memory cgroup)']),
    ...(limited.processes ? [] : ['processes: limited for the user namespace, not by a cgroup']),
    ...(limited.cpu ? [] : ['processor time: limited for each process, not for all together']),
  ];
}
