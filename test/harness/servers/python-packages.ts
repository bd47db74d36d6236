import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../../../node_modules/.cache/assay-test/', import.meta.url));
const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-deps'];

/**
 * The folder (for PYTHONPATH) that holds what a requirements file pins, from the package index that pip is configured
 * with; installed once for each content of the file.
 */
export async function installPythonPackages(name: string, requirements: string): Promise<string> {
  const target = ['--no-compile', '--requirement', requirements, '--target'];
  return once(name, requirements, (half) =>
    run('python3', ['-m', 'pip', 'install', ...quiet, ...target, half]),
  );
}

/** The folder with the unpacked source distribution of one of the packages of a requirements file, `<name>==<version>`. */
export async function downloadPythonSource(requirements: string, pinned: string): Promise<string> {
  return once(`source-${pinned}`, requirements, async (half) => {
    await mkdir(half);
    const only = ['--no-binary', ':all:', '--dest', half];
    await run('python3', ['-m', 'pip', 'download', ...quiet, ...only, pinned]);
    const [archive = ''] = await readdir(half);
    await run('tar', ['--extract', '--strip-components=1', '--file', join(half, archive), '-C', half]);
  });
}

/** It appears by a rename, so two test runs may make it at once. */
async function once(
  name: string,
  requirements: string,
  fill: (folder: string) => Promise<unknown>,
): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16);
  const folder = join(cache, `${name}-${hash}`);
  if (await isThere(folder)) return folder;
  const half = `${folder}.${randomUUID()}`;
  await mkdir(cache, { recursive: true });
  try {
    await fill(half);
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
