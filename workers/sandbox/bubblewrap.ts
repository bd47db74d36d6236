import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { listCgroups, openCgroup, removeCgroup } from './cgroup/cgroup.ts';
import type { CgroupParents } from './cgroup/parents.ts';
import { runAttempt } from './bubblewrap/run-attempt.ts';
import { gatewayConnectionsMax } from './bubblewrap/supervisor.ts';
import { outerArguments } from './bubblewrap/command.ts';
import { readBwrapVersion } from './bubblewrap/version.ts';
import type { Sandbox, SandboxSpec } from './sandbox.ts';
import { compilePinnedProfile, readPinnedProfile } from './seccomp/profile.ts';

export interface BubblewrapOptions {
  /** A folder of this worker alone; what it finds there at `sweep` is left over. Others must be able to pass through (0711). */
  readonly folder: string;
  /** From findCgroupParents (root) or ASSAY_CGROUPS (delegated); empty where there are none. */
  readonly cgroups: CgroupParents;
}

/** Host id of a build where the worker is root: above every range that systemd and adduser give out. */
const hostUidForRoot = 2_000_000_000;

/** Processes of our own beside a build's: two of each bwrap, the supervisor, its copies of the log, the forwarder. */
const ownProcesses = 16;

/** The sandbox of a host without a container engine: user namespaces by bubblewrap, limits by cgroups where there are some. */
export function createBubblewrap(options: BubblewrapOptions): Sandbox {
  // Names cgroups of this worker only: two workers never share a folder.
  const prefix = `assay-${createHash('sha256').update(options.folder).digest('hex').slice(0, 12)}-`;
  const running = new Set<string>();
  const isRoot = process.getuid?.() === 0;

  async function run(...[spec, events, signal]: Parameters<Sandbox['run']>): ReturnType<Sandbox['run']> {
    signal.throwIfAborted();
    const runtime = await readBwrapVersion();
    const name = `${prefix}${attemptName(spec)}`;
    const folder = join(options.folder, name);
    running.add(name);
    try {
      await mkdir(options.folder, { recursive: true, mode: 0o711 });
      await mkdir(folder, { mode: 0o711 });
      await chmod(folder, 0o711);
      const filterFile = join(folder, 'filter.bpf');
      await writeFile(filterFile, compilePinnedProfile(process.arch === 'arm64' ? 'aarch64' : 'x86_64'), {
        mode: 0o644,
      });
      const processes =
        spec.limits.processes + ownProcesses + (spec.gatewaySocket === undefined ? 0 : gatewayConnectionsMax);
      // The work folder lies in memory, so the cgroup bounds both together; the watch bounds processes alone.
      const memoryBytes = spec.limits.memoryBytes + spec.limits.diskBytes;
      const cgroup = await openCgroup(options.cgroups, name, { memoryBytes, processes });
      try {
        const args = outerArguments(spec, {
          filterFile,
          limits: {
            cpuSeconds: spec.limits.cpuSeconds,
            ...(cgroup.limited.memory ? {} : { addressSpaceBytes: spec.limits.memoryBytes }),
            ...(cgroup.limited.processes ? {} : { processes }),
          },
        });
        return await runAttempt({
          spec,
          events,
          signal,
          args,
          cgroup,
          runtime,
          profileSha256: readPinnedProfile().sha256,
          identity: isRoot ? { uid: hostUidForRoot } : {},
        });
      } finally {
        await cgroup.close();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
      running.delete(name);
    }
  }

  async function sweep(): Promise<void> {
    for (const cgroup of await listCgroups(options.cgroups, prefix))
      if (!running.has(cgroup.slice(cgroup.lastIndexOf('/') + 1))) await removeCgroup(cgroup);
    for (const entry of await readdir(options.folder).catch(() => []))
      if (entry.startsWith(prefix) && !running.has(entry))
        await rm(join(options.folder, entry), { recursive: true, force: true });
  }

  return { kind: 'bubblewrap', run, sweep };
}

/** `spec.id` as part of a file name. */
function attemptName({ id }: SandboxSpec): string {
  if (!/^[A-Za-z0-9-]{1,80}$/.test(id))
    throw new AppError('internal', 'The name of an attempt is not a plain word');
  return id;
}
