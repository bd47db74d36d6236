import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';
import { ensureSystemUser, type SystemUser } from '#services/postgres/system-user.ts';
import { embeddedProcesses, embeddedProcessNames, type EmbeddedProcess } from './processes.ts';

export interface ProcessUser extends SystemUser {
  /** Supplementary groups: that of the container engine's socket, for the rebuild worker alone. */
  readonly groups: readonly number[];
}

export type ProcessUsers = Readonly<Record<EmbeddedProcess, ProcessUser>>;

const run = promisify(execFile);
const subordinateIds = 65_536;

/**
 * A system user for each process, made where absent; only root can. The rebuild worker's also gets a range of
 * subordinate ids, which mmdebstrap needs to make a root file system without being root (subuid(5)).
 * @throws AppError `missing-component`
 */
export async function ensureProcessUsers(engineSocket: string | undefined): Promise<ProcessUsers> {
  const groups = engineSocket === undefined ? [] : await groupOf(engineSocket);
  const users: Partial<Record<EmbeddedProcess, ProcessUser>> = {};
  for (const name of embeddedProcessNames) {
    const user = await ensureSystemUser(embeddedProcesses[name].user);
    users[name] = { ...user, groups: name === 'rebuild' ? groups : [] };
  }
  await ensureSubordinateIds(embeddedProcesses.rebuild.user);
  return users as ProcessUsers;
}

async function groupOf(socket: string): Promise<number[]> {
  const found = await stat(socket).catch(() => undefined);
  // Never root's own group: it opens more than the socket.
  return found?.isSocket() && found.gid !== 0 && (found.mode & 0o060) === 0o060 ? [found.gid] : [];
}

async function ensureSubordinateIds(user: string): Promise<void> {
  for (const [file, option] of [
    ['/etc/subuid', '--add-subuids'],
    ['/etc/subgid', '--add-subgids'],
  ] as const) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (hasRange(text, user)) continue;
    const first = freeRange(text);
    try {
      await run('usermod', [option, `${first}-${first + subordinateIds - 1}`, user]);
    } catch (cause) {
      // Another launcher may be doing the same; the file decides.
      if (hasRange(await readFile(file, 'utf8').catch(() => ''), user)) continue;
      throw new AppError('missing-component', `${user} has no range of subordinate ids in ${file}`, {
        hint: `as root run \`usermod ${option} ${first}-${first + subordinateIds - 1} ${user}\``,
        cause,
      });
    }
  }
}

/** Whether subuid(5) text gives `user` a range that is large enough. */
export function hasRange(text: string, user: string): boolean {
  return ranges(text).some((range) => range.user === user && range.count >= subordinateIds);
}

/** The first id of a range that overlaps none of those in `text`. */
export function freeRange(text: string): number {
  return Math.max(100_000, ...ranges(text).map(({ first, count }) => first + count));
}

function ranges(text: string): { user: string; first: number; count: number }[] {
  return text
    .split('\n')
    .map((line) => /^([^:]+):(\d+):(\d+)$/.exec(line.trim()))
    .filter((match) => match !== null)
    .map(([, user, first, count]) => ({ user: String(user), first: Number(first), count: Number(count) }));
}
