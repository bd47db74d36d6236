import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';

/** What a limit needs: a controller of cgroup v1 each, or `unified` for all of them on v2. */
export const cgroupHierarchies = ['memory', 'pids', 'cpuacct', 'unified'] as const;
export type CgroupHierarchy = (typeof cgroupHierarchies)[number];

/** Folders below /sys/fs/cgroup in which this process may make one cgroup an attempt. */
export type CgroupParents = Readonly<Partial<Record<CgroupHierarchy, string>>>;

/** `memory=/sys/fs/cgroup/memory/x,pids=…` as ASSAY_CGROUPS carries it. @throws AppError `usage` */
export function parseCgroupParents(text: string): CgroupParents {
  const parents: Partial<Record<CgroupHierarchy, string>> = {};
  for (const entry of text.split(',').filter((part) => part !== '')) {
    const [name, folder] = entry.split('=', 2);
    const hierarchy = cgroupHierarchies.find((known) => known === name);
    if (hierarchy === undefined || folder === undefined || !folder.startsWith('/'))
      throw new AppError('usage', `ASSAY_CGROUPS has an entry that cannot be read: ${entry}`, {
        hint: `It is a comma-separated list of ${cgroupHierarchies.join(', ')}, each with =/folder.`,
      });
    parents[hierarchy] = folder;
  }
  return parents;
}

export function formatCgroupParents(parents: CgroupParents): string {
  return cgroupHierarchies
    .flatMap((name) => (parents[name] === undefined ? [] : [`${name}=${parents[name]}`]))
    .join(',');
}

/** Where each hierarchy is mounted, from the text of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export function cgroupMounts(mountinfo: string): CgroupParents {
  const mounts: Partial<Record<CgroupHierarchy, string>> = {};
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ', 2);
    const mountPoint = before?.split(' ')[4];
    const [type, , superOptions] = after?.split(' ') ?? [];
    if (mountPoint === undefined) continue;
    if (type === 'cgroup2') mounts.unified ??= mountPoint;
    if (type !== 'cgroup') continue;
    const controllers = superOptions?.split(',') ?? [];
    for (const name of ['memory', 'pids', 'cpuacct'] as const)
      if (controllers.includes(name)) mounts[name] ??= mountPoint;
  }
  return mounts;
}

/** This process's own cgroup in each hierarchy, from the text of /proc/self/cgroup (cgroups(7)). */
export function ownCgroups(text: string): CgroupParents {
  const own: Partial<Record<CgroupHierarchy, string>> = {};
  for (const line of text.split('\n')) {
    const [id, controllers, ...rest] = line.split(':');
    const path = rest.join(':');
    if (id === '0' && controllers === '') own.unified = path;
    for (const name of ['memory', 'pids', 'cpuacct'] as const)
      if (controllers?.split(',').includes(name) === true) own[name] = path;
  }
  return own;
}

/**
 * Where root may make cgroups: below this process's own cgroup in each v1 hierarchy; on v2 below the root of the
 * hierarchy, since a cgroup that holds processes can have no limited children.
 */
export async function findCgroupParents(): Promise<CgroupParents> {
  const mounts = cgroupMounts(await readFile('/proc/self/mountinfo', 'utf8'));
  const own = ownCgroups(await readFile('/proc/self/cgroup', 'utf8'));
  const parents: Partial<Record<CgroupHierarchy, string>> = {};
  for (const name of cgroupHierarchies) {
    const mount = mounts[name];
    if (mount === undefined) continue;
    // Within a cgroup namespace or a container the own path may not be visible below the mount.
    const candidates = name === 'unified' ? [mount] : [join(mount, own[name] ?? '/'), mount];
    for (const candidate of candidates) {
      if (parents[name] === undefined && (await isWritable(candidate))) parents[name] = candidate;
    }
  }
  return parents;
}

async function isWritable(folder: string): Promise<boolean> {
  return access(join(folder, 'cgroup.procs'), constants.W_OK).then(
    () => true,
    () => false,
  );
}
