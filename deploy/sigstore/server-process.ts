import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#core/errors/app-error.ts';
import { asUser } from '#services/postgres/system-user.ts';

export interface ServerSpec {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Also its home folder. */
  readonly cwd: string;
  /** Answers 200 when it is ready. */
  readonly readyUrl: string;
  /** Gets each line that it writes. */
  readonly log: (line: string) => void;
  /** What has to be cleared away of an earlier run. */
  readonly before?: () => Promise<void>;
}

const startWithinMs = 60_000;
const pollMs = 25;
const lastLinesMax = 20;

/** A server that is started, ended and started again with the same command. It dies with this process, by -9 too. */
export class ServerProcess {
  readonly #spec: ServerSpec;
  #child: ChildProcess | undefined;

  constructor(spec: ServerSpec) {
    this.#spec = spec;
  }

  /** Resolves when it answers. @throws AppError `unavailable` with its last words */
  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    const { name, command, cwd, log, before } = this.#spec;
    await before?.();
    const [setpriv, ...prefix] = asUser(undefined, 'KILL');
    const child = spawn(setpriv, [...prefix, ...command], {
      cwd,
      env: { PATH: process.env['PATH'], HOME: cwd },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const words: string[] = [];
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        if (words.push(line) > lastLinesMax) words.shift();
        log(`${name}: ${line}`);
      });
    }
    const ended = new AbortController();
    child.once('error', (error) => ended.abort(error));
    child.once('exit', (code, signal) => {
      if (this.#child === child) this.#child = undefined;
      ended.abort(new Error(`ended with ${code ?? signal}`));
    });
    try {
      await this.#ready(ended.signal);
    } catch (cause) {
      await this.kill();
      throw new AppError('unavailable', `${name} did not start:\n${words.join('\n')}`, { cause });
    }
  }

  /** In an orderly way. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** By -9. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #ready(ended: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([ended, AbortSignal.timeout(startWithinMs)]);
    for (;;) {
      const answer = await fetch(this.#spec.readyUrl, { signal }).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.ok) return;
      signal.throwIfAborted();
      await delay(pollMs);
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
}
