import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';

const run = promisify(execFile);

/** A user of this machine. PostgreSQL refuses to run as root. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The argument vector that runs a program as `user` (undefined: as ourselves) and has the kernel send it `signal` when
 * we die, SIGKILL included (prctl(2) PR_SET_PDEATHSIG; setpriv(1) of util-linux sets it after the change of user).
 */
export function asUser(user: SystemUser | undefined, signal: 'INT' | 'KILL' | 'TERM'): [string, ...string[]] {
  const identity = user === undefined ? [] : [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  return ['setpriv', `--pdeathsig=${signal}`, '--no-new-privs', ...identity, '--'];
}

/** The system user `name`, made where it is absent. Only root can. @throws AppError `missing-component` */
export async function ensureSystemUser(name: string): Promise<SystemUser> {
  const present = await findUser(name);
  if (present !== undefined) return present;
  let cause: unknown;
  try {
    await run('useradd', [
      '--system',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      '--user-group',
      name,
    ]);
  } catch (error) {
    // Another process may have made it at the same time; the look-up decides.
    cause = error;
  }
  const made = await findUser(name);
  if (made !== undefined) return made;
  throw new AppError('missing-component', `the system user ${name} cannot be made`, {
    hint: `as root run \`useradd --system --user-group ${name}\``,
    cause,
  });
}

async function findUser(name: string): Promise<SystemUser | undefined> {
  try {
    const [, , uid, gid] = (await run('getent', ['passwd', name])).stdout.split(':');
    return { uid: Number(uid), gid: Number(gid) };
  } catch {
    return undefined;
  }
}

/** Whether `user` can pass through to `path`: the kernel is asked, so ACLs and mounts count too. */
export async function canReach(user: SystemUser | undefined, path: string): Promise<boolean> {
  const [program, ...args] = asUser(user, 'KILL');
  try {
    await run(program, [...args, 'test', '-x', path], { cwd: '/' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw setprivMissing(error);
    return false;
  }
}

/** @throws AppError `usage` that names the closed folder above `path` */
export async function assertReachable(user: SystemUser | undefined, path: string): Promise<void> {
  if (await canReach(user, path)) return;
  const closed = await closedFolder(path);
  throw new AppError(
    'usage',
    `the user of PostgreSQL (uid ${user?.uid ?? process.getuid?.()}) cannot reach ${path}`,
    {
      hint: `choose a data folder such as /var/lib/assay, or run \`chmod o+x ${closed}\``,
    },
  );
}

async function closedFolder(path: string): Promise<string> {
  for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return folder;
  }
  return path;
}

export function setprivMissing(cause: unknown): AppError {
  return new AppError('missing-component', 'setpriv(1) is not installed', {
    hint: 'install util-linux (apt-get install util-linux)',
    cause,
  });
}
