import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#core/errors/app-error.ts';

export interface ChildSpec {
  readonly name: string;
  /** Program and arguments. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** Asked before each start: after the first one a server keeps the port it was given. */
  environment(): Record<string, string>;
  /** A file descriptor for its log, or our own stderr. */
  readonly stderr: number | 'inherit';
  /** The last words of its log, for the error of a failed start. */
  lastWords?(): Promise<string>;
}

/** What a process prints as its first line: where it listens, or that it is ready. */
export interface Ready {
  readonly listening?: string;
}

export interface SupervisedChild {
  readonly name: string;
  pid(): number | undefined;
  /** Orderly: SIGTERM, and SIGKILL to its whole group after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

const startWithinMs = 60_000;
const backoffMs = { first: 200, max: 10_000, forgiveAfter: 30_000 };

/**
 * Starts a process and keeps it: when it dies it is started again, later each time. It leads a process group of its own
 * that is killed with it, and it holds a pipe from us on its stdin, so that it ends when we do, SIGKILL included.
 * Resolves when it is ready for the first time. @throws AppError `unavailable`
 */
export async function superviseChild(
  spec: ChildSpec,
  onReady: (ready: Ready, pid: number) => void,
): Promise<SupervisedChild> {
  let current = launch(spec);
  let stopping = false;
  const halt = new AbortController();
  const announce = async ({ child, ready }: Launched): Promise<void> => onReady(await ready, child.pid ?? 0);
  await announce(current);

  const keep = async (): Promise<void> => {
    let waitMs = backoffMs.first;
    for (let startedAt = Date.now(); ; startedAt = Date.now()) {
      await current.gone;
      if (stopping) return;
      if (Date.now() - startedAt > backoffMs.forgiveAfter) waitMs = backoffMs.first;
      await delay(waitMs, undefined, { signal: halt.signal }).catch(() => undefined);
      if (stopping) return;
      waitMs = Math.min(waitMs * 2, backoffMs.max);
      current = launch(spec);
      announce(current).catch(() => undefined);
    }
  };
  const kept = keep();

  return {
    name: spec.name,
    pid: () => current.child.pid,
    async stop(graceMs = 15_000) {
      stopping = true;
      halt.abort();
      current.child.kill('SIGTERM');
      const force = setTimeout(() => killGroup(current.child), graceMs);
      await kept;
      clearTimeout(force);
    },
  };
}

interface Launched {
  readonly child: ChildProcess;
  readonly ready: Promise<Ready>;
  /** After the process and all of its group have ended. */
  readonly gone: Promise<void>;
}

function launch(spec: ChildSpec): Launched {
  const [program, ...args] = spec.argv;
  const child = spawn(program, args, {
    cwd: spec.cwd,
    env: spec.environment(),
    stdio: ['pipe', 'pipe', spec.stderr],
    detached: true,
  });
  child.stdin?.on('error', () => undefined);
  const gone = once(child, 'exit').then(
    () => killGroup(child),
    () => undefined,
  );
  return { child, ready: firstLine(spec, child, gone), gone };
}

async function firstLine(spec: ChildSpec, child: ChildProcess, gone: Promise<void>): Promise<Ready> {
  const late = new AbortController();
  const line = new Promise<string>((resolve) => {
    if (child.stdout === null) return;
    const lines = createInterface({ input: child.stdout });
    lines.once('line', resolve);
    lines.on('error', () => undefined);
    lines.on('line', () => undefined);
  });
  const ended = gone.then(() => 'ended' as const);
  const timedOut = delay(startWithinMs, 'late' as const, { signal: late.signal, ref: false }).catch(
    () => 'late' as const,
  );
  const first = await Promise.race([line, ended, timedOut]);
  late.abort();
  const ready = first === 'ended' || first === 'late' ? undefined : readReady(first);
  if (ready !== undefined) return ready;
  if (first !== 'ended') killGroup(child);
  await gone;
  const words = await spec.lastWords?.();
  const what =
    first === 'late' ? 'was not ready in time' : `ended with ${child.exitCode ?? child.signalCode}`;
  throw new AppError(
    'unavailable',
    `process ${spec.name} did not start: it ${what}${words ? `\n${words}` : ''}`,
  );
}

function readReady(line: string): Ready | undefined {
  try {
    const said = JSON.parse(line) as { listening?: unknown; ready?: unknown };
    if (typeof said.listening === 'string') return { listening: said.listening };
    return said.ready === true ? {} : undefined;
  } catch {
    return undefined;
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // ESRCH: nothing of the group is left, which is what we want.
  }
}
