import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CgroupParents } from './parents.ts';

export interface CgroupLimits {
  /** Of all processes and of what they keep in memory file systems. */
  readonly memoryBytes: number;
  readonly processes: number;
}

/** What an attempt has used so far; a figure that this host cannot give is absent. */
export interface CgroupUsage {
  readonly cpuSeconds?: number;
  /** Memory of processes, without files. */
  readonly anonymousBytes?: number;
  readonly outOfMemoryKills: number;
  readonly forksRefused: number;
}

export interface Cgroup {
  /** Files that take the process id of who joins. */
  readonly joins: readonly string[];
  readonly limited: { readonly memory: boolean; readonly processes: boolean; readonly cpu: boolean };
  usage(): Promise<CgroupUsage>;
  /** Ends what still runs in it and removes it. */
  close(): Promise<void>;
}

async function isWritten(file: string, value: string | number): Promise<boolean> {
  return writeFile(file, String(value)).then(
    () => true,
    () => false,
  );
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/** The number after `key` in a flat-keyed cgroup file. */
export function flatValue(text: string, key: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${key} `));
  const value = line === undefined ? Number.NaN : Number(line.slice(key.length + 1));
  return Number.isFinite(value) ? value : undefined;
}

/** Makes the folder, also where -9 left one behind. */
async function makeFolder(folder: string): Promise<boolean> {
  return mkdir(folder, { recursive: true }).then(
    () => true,
    () => false,
  );
}

/**
 * Makes one cgroup named `name` in each hierarchy and sets what can be set; what cannot is false in `limited`.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/admin-guide/cgroup-v1/
 */
export async function openCgroup(
  parents: CgroupParents,
  name: string,
  limits: CgroupLimits,
): Promise<Cgroup> {
  const folder: { memory?: string; pids?: string; cpuacct?: string; unified?: string } = {};
  for (const hierarchy of ['memory', 'pids', 'cpuacct'] as const) {
    const parent = parents[hierarchy];
    if (parent !== undefined && (await makeFolder(join(parent, name))))
      folder[hierarchy] = join(parent, name);
  }
  let memory =
    folder.memory !== undefined &&
    (await isWritten(join(folder.memory, 'memory.limit_in_bytes'), limits.memoryBytes));
  let processes =
    folder.pids !== undefined && (await isWritten(join(folder.pids, 'pids.max'), limits.processes));
  let cpu = folder.cpuacct !== undefined;
  if (folder.memory !== undefined)
    await isWritten(join(folder.memory, 'memory.memsw.limit_in_bytes'), limits.memoryBytes);

  // On a hybrid host the unified hierarchy has no controllers: then it is of no use.
  const unified = memory && processes && cpu ? undefined : parents.unified;
  if (unified !== undefined && (await makeFolder(join(unified, name)))) {
    const made = join(unified, name);
    for (const controller of ['memory', 'pids', 'cpu'])
      await isWritten(join(unified, 'cgroup.subtree_control'), `+${controller}`);
    const maxed = await isWritten(join(made, 'memory.max'), limits.memoryBytes);
    if (maxed) await isWritten(join(made, 'memory.swap.max'), 0);
    memory ||= maxed;
    processes = (await isWritten(join(made, 'pids.max'), limits.processes)) || processes;
    cpu ||= flatValue(await readText(join(made, 'cpu.stat')), 'usage_usec') !== undefined;
    folder.unified = made;
  }
  const folders = Object.values(folder);
  return {
    joins: folders.map((made) => join(made, 'cgroup.procs')),
    limited: { memory, processes, cpu },
    usage: () => readUsage(folder),
    close: async () => {
      for (const made of folders) await removeCgroup(made);
    },
  };
}

async function readUsage(folder: {
  memory?: string;
  pids?: string;
  cpuacct?: string;
  unified?: string;
}): Promise<CgroupUsage> {
  const at = (base: string | undefined, file: string) =>
    base === undefined ? '' : readText(join(base, file));
  const [oom, stat, pids, cpuNanoseconds] = await Promise.all([
    at(folder.memory, 'memory.oom_control'),
    at(folder.memory, 'memory.stat'),
    at(folder.pids, 'pids.events'),
    at(folder.cpuacct, 'cpuacct.usage'),
  ]);
  const [events2, stat2, pids2, cpu2] = await Promise.all([
    at(folder.unified, 'memory.events'),
    at(folder.unified, 'memory.stat'),
    at(folder.unified, 'pids.events'),
    at(folder.unified, 'cpu.stat'),
  ]);
  const microseconds = flatValue(cpu2, 'usage_usec');
  const cpuSeconds =
    cpuNanoseconds === ''
      ? microseconds === undefined
        ? undefined
        : microseconds / 1e6
      : Number(cpuNanoseconds) / 1e9;
  const anonymousBytes = flatValue(stat, 'total_rss') ?? flatValue(stat2, 'anon');
  return {
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    ...(anonymousBytes === undefined ? {} : { anonymousBytes }),
    outOfMemoryKills: (flatValue(oom, 'oom_kill') ?? 0) + (flatValue(events2, 'oom_kill') ?? 0),
    forksRefused: (flatValue(pids, 'max') ?? 0) + (flatValue(pids2, 'max') ?? 0),
  };
}

/** Ends every process in the cgroup at `folder` and removes it; absent is no error. */
export async function removeCgroup(folder: string): Promise<void> {
  // A process that was killed leaves its cgroup only when it has been reaped: that takes a moment, never long.
  for (let turn = 0; turn < 200; turn += 1) {
    const done = await rmdir(folder).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
    );
    if (done) return;
    for (const pid of (await readText(join(folder, 'cgroup.procs'))).split('\n').map(Number)) {
      if (pid > 1 && pid !== process.pid) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It has ended meanwhile.
        }
      }
    }
    await delay(10);
  }
}

/** Cgroups in `parents` whose name starts with `prefix`. */
export async function listCgroups(parents: CgroupParents, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for (const parent of Object.values(parents)) {
    const names = await readdir(parent).catch(() => []);
    found.push(...names.filter((name) => name.startsWith(prefix)).map((name) => join(parent, name)));
  }
  return found;
}
