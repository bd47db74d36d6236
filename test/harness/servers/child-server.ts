import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { asUser } from '#services/postgres/system-user.ts';

export interface ChildServer {
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts a program that dies with us and waits for the line that says it is ready; throws its last words if it ends. */
export async function startChildServer(options: {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly ready: RegExp;
}): Promise<ChildServer> {
  const [setpriv, ...prefix] = asUser(undefined, 'KILL');
  const child = spawn(setpriv, [...prefix, ...options.command], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lastLines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        if (lastLines.push(line) > 30) lastLines.shift();
        if (options.ready.test(line)) resolve();
      });
    }
    child.once('error', reject);
    child.once('close', () =>
      reject(new Error(`${options.command[0]} ended before it was ready:\n${lastLines.join('\n')}`)),
    );
  });
  return {
    kill: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}
