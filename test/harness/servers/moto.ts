import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';

const run = promisify(execFile);
const requirements = fileURLToPath(new URL('s3-requirements.txt', import.meta.url));
const cache = fileURLToPath(new URL('../../../node_modules/.cache/assay-test/', import.meta.url));

/**
 * The folder that holds moto, an S3 server in Python, from the package index that pip is configured with; installed once
 * for each content of s3-requirements.txt. It appears by a rename, so two test runs may install it at once.
 */
export async function installMoto(): Promise<string> {
  const name = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16);
  const folder = join(cache, `moto-${name}`);
  if (await isThere(folder)) return folder;
  const half = `${folder}.${randomUUID()}`;
  await mkdir(cache, { recursive: true });
  try {
    const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-compile', '--no-deps'];
    await run('python3', [
      '-m',
      'pip',
      'install',
      ...options,
      '--target',
      half,
      '--requirement',
      requirements,
    ]);
    await rename(half, folder);
  } catch (cause) {
    await rm(half, { recursive: true, force: true });
    if (await isThere(folder)) return folder;
    throw new AppError('missing-component', 'moto, the S3 server for tests, cannot be installed', {
      hint: 'apt-get install python3-pip, and see what pip says of test/harness/servers/s3-requirements.txt',
      cause,
    });
  }
  return folder;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
