import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckConfig } from '#services/config/check.ts';
import { readConfig } from '#services/config/read.ts';
import type { RootfsCache } from '#workers/rootfs/ensure-rootfs.ts';
import { findCgroupParents, parseCgroupParents } from '#workers/sandbox/cgroup/parents.ts';
import { chooseSandbox } from '#workers/sandbox/choose-sandbox.ts';
import type { Sandbox } from '#workers/sandbox/sandbox.ts';
import type { CliIo } from '../io.ts';
import { dataRoot } from '../service/open-service.ts';
import { ensureSystemPrograms, systemPrograms } from '../service/system-packages.ts';

/** A sandbox and the root file systems for it, of this process alone: it has no key and asks no service. */
export interface Workshop {
  readonly sandbox: Sandbox;
  readonly rootfs: RootfsCache;
  close(): Promise<void>;
}

/** What builds need here; a client of a registry is none of it. */
const needed = systemPrograms.filter(({ program }) => program !== 'pip3');

/**
 * The workshop that the environment asks for. Root file systems are kept apart from the service's, whose user is another.
 * @throws AppError `missing-component` with the one command to type, `usage`, `unavailable`
 */
export async function openWorkshop(io: CliIo, options: { readonly yes: boolean }): Promise<Workshop> {
  const config = readConfig(CheckConfig, io.env);
  await ensureSystemPrograms(io, options, needed);
  const kept = config.rootfsDir ?? join(await dataRoot(io), 'check');
  await mkdir(kept, { recursive: true, mode: 0o755 });
  const folder = await mkdtemp(join(tmpdir(), 'assay-check-sandbox-'));
  // The build's user passes through to what is bound for it.
  await chmod(folder, 0o711);
  const cgroups =
    config.cgroups === undefined ? await findCgroupParents() : parseCgroupParents(config.cgroups);
  const sandbox = await chooseSandbox({
    kind: config.sandbox,
    docker: {
      host: config.dockerHost,
      runtime: config.dockerRuntime,
      worker: `check-${process.pid}`,
    },
    bubblewrap: { folder, cgroups },
  });
  return {
    sandbox,
    rootfs: {
      folder: kept,
      ...(config.debianMirror === undefined ? {} : { mirror: config.debianMirror }),
    },
    async close() {
      await sandbox.sweep();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
