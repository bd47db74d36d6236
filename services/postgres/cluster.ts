import { execFile } from 'node:child_process';
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';
import type { PostgresBinaries } from './binaries.ts';
import { asUser, type SystemUser } from './system-user.ts';

/** Where things are in the data folder: `pgdata` is the server's own, the rest is the launcher's. */
export interface ClusterPaths {
  readonly dataDir: string;
  readonly pgdata: string;
  readonly hba: string;
}

/** Only loopback TCP, only with a password. */
const hbaRules = 'host all all 127.0.0.1/32 scram-sha-256\n';

/** Makes the data folder passable for the server's user (0711) and writes the rules of who may connect. */
export async function prepareDataDir(dataDir: string): Promise<ClusterPaths> {
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const real = await realpath(dataDir);
  const mode = (await stat(real)).mode & 0o7777;
  if ((mode & 0o011) !== 0o011) await chmod(real, mode | 0o011);
  const hba = join(real, 'pg_hba.conf');
  await writeFile(hba, hbaRules, { mode: 0o644 });
  return { dataDir: real, pgdata: join(real, 'pgdata'), hba };
}

/** Runs initdb where there is no cluster. It appears by a rename: killed half-way, nothing of it counts. */
export async function ensureCluster(
  paths: ClusterPaths,
  binaries: PostgresBinaries,
  user: SystemUser | undefined,
  superuserPassword: string,
): Promise<void> {
  await removeHalfMade(paths.dataDir);
  if (await isThere(join(paths.pgdata, 'PG_VERSION'))) return;
  const half = join(paths.dataDir, `pgdata.${process.pid}`);
  const passwordFile = join(half, 'password');
  const fresh = join(half, 'pgdata');
  await mkdir(half, { mode: 0o700 });
  await writeFile(passwordFile, superuserPassword, { mode: 0o600, flag: 'wx' });
  if (user !== undefined) {
    await chown(passwordFile, user.uid, user.gid);
    await chown(half, user.uid, user.gid);
  }
  const [program, ...prefix] = asUser(user, 'KILL');
  const options = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--no-instructions'];
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  try {
    await promisify(execFile)(
      program,
      [...prefix, binaries.initdb, `--pgdata=${fresh}`, `--pwfile=${passwordFile}`, ...options, ...locale],
      { cwd: half, env: serverEnvironment, maxBuffer: 1024 * 1024 },
    );
    await rename(fresh, paths.pgdata);
  } catch (cause) {
    // Another launcher may have been first; whatever else went wrong is told.
    if (!(await isThere(join(paths.pgdata, 'PG_VERSION')))) {
      const { stderr } = cause as { stderr?: string };
      throw new AppError('internal', `initdb failed: ${stderr?.trim().slice(-1000) ?? String(cause)}`, {
        cause,
      });
    }
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

/** What PostgreSQL sees of our environment: nothing. */
export const serverEnvironment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } as const;

/**
 * Waits until no process of an earlier server is left in the cluster (they work in its folder) and takes away its stale
 * `postmaster.pid`, which could by now name any process. @throws AppError `conflict` when a server keeps running
 */
export async function clearStaleServer(pgdata: string, waitMs: number): Promise<void> {
  const steps = Math.ceil(waitMs / 50);
  for (let step = 0; (await processesIn(pgdata)).length > 0; step += 1) {
    if (step === steps) {
      throw new AppError('conflict', `a PostgreSQL server already runs on ${pgdata}`, {
        hint: 'use the Assay that runs already, or another data folder',
      });
    }
    await delay(50);
  }
  await rm(join(pgdata, 'postmaster.pid'), { force: true });
}

/** Ids of the processes that work in `folder`. */
export async function processesIn(folder: string): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(
    ids.map((id) => readlink(join('/proc', id, 'cwd')).catch(() => undefined)),
  );
  return ids.filter((_, index) => places[index] === folder).map(Number);
}

async function removeHalfMade(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const owner = /^(?:pgdata|postgresql-.*)\.(\d+)$/.exec(name)?.[1];
    if (owner === undefined || Number(owner) === process.pid || (await isThere(join('/proc', owner))))
      continue;
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
