import { execFile } from 'node:child_process';
import { readFile, statfs } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { dirname } from 'node:path';
import { hasRange } from '#services/embedded/users.ts';
import { findProgram, systemPrograms, versionOf } from '../service/system-packages.ts';
import { limited, missing, ok, type Check } from './check.ts';

const run = promisify(execFile);
const gibibyte = 1024 ** 3;

export async function checkNode(): Promise<Check> {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major >= 24) return ok('node', process.version);
  return missing('node', process.version, 'start it by ./assay, which brings Node 24');
}

export async function checkPrograms(root: boolean): Promise<Check[]> {
  return Promise.all(
    systemPrograms.map(async (wanted) => {
      const path = await findProgram(wanted.program);
      const install = `${root ? '' : 'sudo '}apt-get install --yes --no-install-recommends ${wanted.package}`;
      if (path === undefined)
        return missing(wanted.package, `${wanted.program}: needed for ${wanted.for}`, install);
      return ok(wanted.package, (await versionOf(path)) ?? path);
    }),
  );
}

/** bubblewrap is there, but may the kernel's namespaces be made? */
export async function checkNamespaces(): Promise<Check> {
  const bwrap = await findProgram('bwrap');
  if (bwrap === undefined)
    return missing('namespaces', 'not tried without bubblewrap', 'install bubblewrap first');
  const args = ['--unshare-all', '--die-with-parent', '--ro-bind', '/', '/', '--', '/bin/true'];
  try {
    await run(bwrap, args, { timeout: 10_000, env: {} });
    return ok('namespaces', 'bubblewrap can make user, network, pid and mount namespaces');
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    return missing(
      'namespaces',
      (stderr?.trim().split('\n')[0] ?? '') || 'bubblewrap cannot make namespaces',
      'allow unprivileged user namespaces: sysctl kernel.unprivileged_userns_clone=1 (and, on Ubuntu, kernel.apparmor_restrict_unprivileged_userns=0); in a container, run it with --privileged',
    );
  }
}

export async function checkSubordinateIds(root: boolean): Promise<Check> {
  const user = root ? 'assay-rebuild' : userInfo().username;
  const lacking = [];
  for (const file of ['/etc/subuid', '/etc/subgid']) {
    if (!hasRange(await readFile(file, 'utf8').catch(() => ''), user)) lacking.push(file);
  }
  if (lacking.length === 0)
    return ok('subordinate ids', `${user} has a range in /etc/subuid and /etc/subgid`);
  if (root) return ok('subordinate ids', `${user} gets its range at the first start`);
  return missing(
    'subordinate ids',
    `${user} has no range in ${lacking.join(' and ')}`,
    `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user}`,
  );
}

export async function checkUsers(root: boolean): Promise<Check> {
  if (root) return ok('users', 'root: each process runs as a system user of its own', false);
  return limited(
    'users',
    'not root: all processes run as you, so what builds could reach the signing key; the level says so',
    'run it as root (sudo ./assay …) to have each process under a user of its own',
  );
}

export async function checkDisk(folder: string): Promise<Check> {
  let place = folder;
  for (;;) {
    const found = await statfs(place).catch(() => undefined);
    if (found === undefined && place !== '/') {
      place = dirname(place);
      continue;
    }
    const free = found === undefined ? 0 : found.bavail * found.bsize;
    const text = `${(free / gibibyte).toFixed(1)} GiB free under ${place}`;
    if (free >= 5 * gibibyte) return ok('disk', text);
    const remedy = 'free some space, or set XDG_DATA_HOME to a folder on a larger disk';
    return free >= gibibyte ? limited('disk', text, remedy) : missing('disk', text, remedy);
  }
}
