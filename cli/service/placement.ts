import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { join, relative } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { canReach } from '#services/postgres/system-user.ts';

/** nobody: stands for any user that is not root. */
const other = { uid: 65_534, gid: 65_534 };
const mountPoints = { code: '/run/assay/code', data: '/run/assay/data' } as const;

/** A fixed script: pairs of folder and mount point up to `--`, then what to become. */
const script = `
while [ "$1" != -- ]; do mount --bind -- "$1" "$2"; shift 2; done
shift
exec "$@"
`;

export interface Placement {
  readonly code: string;
  readonly root: string;
  readonly scratch?: string;
}

/**
 * As root the service's processes run as other users, who may not be able to enter the folders above the checkout or
 * above the data folder (a clone in root's home, a folder of mkdtemp). Then this process becomes itself again in a mount
 * namespace of its own where both are bound to reachable places: nothing on disk is changed, and the kernel takes the
 * mounts away with the last process. Returns where things are when nothing had to be done, or it has been done.
 * Call it before anything is started: it replaces the program. @throws AppError `missing-component`
 */
export async function enterReachablePlace(
  code: string,
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Placement> {
  const placed = environment['ASSAY_PLACED_ROOT'];
  if (placed !== undefined) return withScratch(code, placed, environment['ASSAY_PLACED_SCRATCH']);
  const codeHidden = !((await canReach(other, code)) && (await canReach(other, process.execPath)));
  const rootHidden = !(await canReach(other, root));
  if (!codeHidden && !rootHidden) return { code, root };

  const binds: string[] = [];
  const settings: Record<string, string> = { ASSAY_PLACED_ROOT: root };
  let inside = code;
  if (codeHidden) {
    await mkdir(mountPoints.code, { recursive: true, mode: 0o755 });
    binds.push(code, mountPoints.code);
    inside = mountPoints.code;
  }
  if (rootHidden) {
    await mkdir(mountPoints.data, { recursive: true, mode: 0o755 });
    binds.push(root, mountPoints.data);
    settings['ASSAY_PLACED_ROOT'] = mountPoints.data;
    // Container engines live in the host's mount namespace: what they are given must be a path there.
    settings['ASSAY_PLACED_SCRATCH'] = join('/var/lib/assay/work', await shortName(root));
  }
  await assertNamespaces();
  const move = (path: string): string =>
    codeHidden && path.startsWith(`${code}/`) ? join(inside, relative(code, path)) : path;
  const [program, main, ...args] = process.argv.map(move);
  process.execve?.(
    '/usr/bin/unshare',
    [
      'unshare',
      '--mount',
      '--',
      '/bin/sh',
      '-euc',
      script,
      'sh',
      ...binds,
      '--',
      program ?? '',
      main ?? '',
      ...args,
    ],
    { ...definedOnly(environment), ...settings },
  );
  throw new AppError('missing-component', 'this process cannot become another program');
}

async function withScratch(code: string, root: string, scratch: string | undefined): Promise<Placement> {
  if (scratch === undefined) return { code, root };
  await mkdir(scratch, { recursive: true, mode: 0o711 });
  return { code, root, scratch };
}

async function assertNamespaces(): Promise<void> {
  await promisify(execFile)('/usr/bin/unshare', ['--mount', '--', '/bin/true']).catch((cause: unknown) => {
    throw new AppError(
      'missing-component',
      'this machine does not let root make a mount namespace (unshare --mount)',
      {
        hint: 'choose a checkout and an XDG_DATA_HOME that other users can enter, such as /opt/assay and /var/lib',
        cause,
      },
    );
  });
}

/** By device and inode: the same folder has the same name wherever it is mounted. */
async function shortName(folder: string): Promise<string> {
  const { dev, ino } = await stat(folder, { bigint: true });
  return createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 12);
}

function definedOnly(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
