import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { promisify } from 'node:util';
import { findCgroupParents } from '#workers/sandbox/cgroup/parents.ts';
import { limited, ok, type Check } from './check.ts';

/** What limits memory, processes and CPU of a whole build, and not of each of its processes. */
export async function checkCgroups(): Promise<Check> {
  const parents = await findCgroupParents().catch(() => ({}));
  const names = Object.keys(parents);
  if (names.includes('unified') || (names.includes('memory') && names.includes('pids'))) {
    return ok('cgroups', names.join(', '), false);
  }
  return limited(
    'cgroups',
    names.length === 0 ? 'none can be made here' : `only ${names.join(', ')}`,
    'run it as root, or under systemd with Delegate=yes; until then memory and processes are limited one by one, and the attempt says so',
  );
}

export async function checkDocker(host: string | undefined): Promise<Check> {
  const docker = host ?? 'unix:///var/run/docker.sock';
  const answer = await ping(docker);
  if (answer !== undefined) return ok('docker engine', `API ${answer} at ${docker}`, false);
  return limited(
    'docker engine',
    `none answers at ${docker}: bubblewrap is used`,
    'not needed; to have it: apt-get install --yes docker.io, or set ASSAY_DOCKER_HOST',
  );
}

/** The API version of the engine behind a unix socket: `GET /_ping` of the Docker Engine API. */
async function ping(host: string): Promise<string | undefined> {
  if (!host.startsWith('unix://')) return undefined;
  return new Promise((resolve) => {
    const asked = request(
      { socketPath: host.slice('unix://'.length), path: '/_ping', timeout: 2000 },
      (response) => {
        response.resume();
        resolve(
          response.statusCode === 200 ? String(response.headers['api-version'] ?? 'unknown') : undefined,
        );
      },
    );
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(undefined));
    asked.end();
  });
}

/** Where packages for root file systems come from: what apt is configured with. */
export async function checkApt(): Promise<Check> {
  try {
    const { stdout } = await promisify(execFile)('apt-get', ['indextargets', '--format', '$(SITE)'], {
      timeout: 10_000,
    });
    if (stdout.trim() !== '') return ok('debian mirror', 'apt is configured with one', false);
  } catch {
    // No apt here: the rebuild worker falls back to what it is told.
  }
  return limited(
    'debian mirror',
    'apt is not configured here',
    'set ASSAY_DEBIAN_MIRROR to the URL of a Debian mirror',
  );
}
