import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AppError } from '#core/errors/app-error.ts';

/**
 * Runs `work` while this process alone holds the lock `file` (flock(2), held by a child whose stdin is ours). The
 * kernel gives it back when the child ends, and the child ends when we do, even by -9.
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const child = spawn('flock', [file, '/bin/sh', '-c', 'echo held; cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise<never>((_, reject) => {
    child.once('error', (cause) =>
      reject(
        new AppError('missing-component', 'flock is not installed', {
          hint: 'apt-get install util-linux',
          cause,
        }),
      ),
    );
    child.once('exit', (code) =>
      reject(new AppError('unavailable', `The lock ${file} could not be taken (${code})`)),
    );
  });
  ended.catch(() => undefined);
  await Promise.race([once(child.stdout, 'data'), ended]);
  try {
    return await work();
  } finally {
    child.stdin.end();
    await ended.catch(() => undefined);
  }
}
