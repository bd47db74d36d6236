import { chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeCgroup } from './cgroup.ts';
import {
  cgroupHierarchies,
  findCgroupParents,
  formatCgroupParents,
  type CgroupHierarchy,
} from './parents.ts';

/** Cgroups in which an unprivileged worker may make its own. */
export interface DelegatedCgroups {
  /** The value of ASSAY_CGROUPS; empty where this host has none to give. */
  readonly setting: string;
  /** Moves a started worker into its delegated part of the unified hierarchy: v2 lets it move processes only from there. */
  adopt(pid: number): Promise<void>;
  /** Removes them with all that is in them. Call it when the worker has ended. */
  remove(): Promise<void>;
}

/**
 * As root: makes a cgroup `name` in each hierarchy of this host and gives it to `uid`, as the kernel's delegation
 * model asks: the folder, cgroup.procs, cgroup.subtree_control and cgroup.threads, nothing else.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html#delegation
 */
export async function delegateCgroups(name: string, uid: number, gid: number): Promise<DelegatedCgroups> {
  const parents = await findCgroupParents();
  const made: Partial<Record<CgroupHierarchy, string>> = {};
  for (const hierarchy of cgroupHierarchies) {
    const parent = parents[hierarchy];
    if (parent === undefined) continue;
    if (hierarchy === 'unified')
      for (const controller of ['memory', 'pids', 'cpu'])
        await writeFile(join(parent, 'cgroup.subtree_control'), `+${controller}`).catch(() => undefined);
    const folder = join(parent, name);
    try {
      await mkdir(folder, { recursive: true });
      await chown(folder, uid, gid);
      for (const file of await readdir(folder))
        if (['cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads', 'tasks'].includes(file))
          await chown(join(folder, file), uid, gid);
      made[hierarchy] = folder;
    } catch {
      // A limit that cannot be set is named by the sandbox, for each attempt.
    }
  }
  return {
    setting: formatCgroupParents(made),
    adopt: async (pid) => {
      if (made.unified === undefined) return;
      const leaf = join(made.unified, 'worker');
      await mkdir(leaf, { recursive: true });
      await chown(leaf, uid, gid);
      await writeFile(join(leaf, 'cgroup.procs'), String(pid));
    },
    remove: async () => {
      for (const folder of Object.values(made)) {
        const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
        for (const entry of entries) if (entry.isDirectory()) await removeCgroup(join(folder, entry.name));
        await removeCgroup(folder);
      }
    },
  };
}
