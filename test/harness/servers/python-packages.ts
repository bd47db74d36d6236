import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';

const cache = fileURLToPath(new URL('../../../node_modules/.cache/assay-test/', import.meta.url));

/**
 * The folder (for PYTHONPATH) that holds what a requirements file pins, from the package index that pip is configured
 * with; installed once for each content of the file. It appears by a rename, so two test runs may install it at once.
 */
export async function installPythonPackages(name: string, requirements: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16);
  const folder = join(cache, `${name}-${hash}`);
  if (await isThere(folder)) return folder;
  const half = `${folder}.${randomUUID()}`;
  await mkdir(cache, { recursive: true });
  const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-compile', '--no-deps'];
  const install = ['-m', 'pip', 'install', ...options, '--target', half, '--requirement', requirements];
  try {
    await promisify(execFile)('python3', install);
    await rename(half, folder);
  } catch (cause) {
    await rm(half, { recursive: true, force: true });
    if (await isThere(folder)) return folder;
    throw new AppError('missing-component', `${name}, which tests use, cannot be installed`, {
      hint: `apt-get install python3-pip, and see what pip says of ${basename(requirements)}`,
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
