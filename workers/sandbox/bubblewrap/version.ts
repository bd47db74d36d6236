import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';

/** Such as `bwrap 0.8.0`. @throws AppError `missing-component` */
export async function readBwrapVersion(): Promise<string> {
  const result = await promisify(execFile)('bwrap', ['--version']).catch((cause: unknown) => {
    throw new AppError('missing-component', 'bubblewrap is not installed', {
      hint: 'apt-get install bubblewrap',
      cause,
    });
  });
  return `bwrap ${/\d[\d.]*/.exec(result.stdout)?.[0] ?? 'unknown'}`;
}
