import { chmod, mkdir } from 'node:fs/promises';
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
import { checkName, isEndedCheck } from './check-name.ts';

/** A sandbox and the root file systems for it, of this process alone: it has no key and asks no service. */
export interface Workshop {
  readonly sandbox: Sandbox;
  /** Names this check among all that this host runs. */
  readonly name: string;
  readonly rootfs: RootfsCache;
  /** Ends what still runs. */
  close(): Promise<void>;
}

/** What builds need here; a client of a registry is none of it. */
const needed = systemPrograms.filter(({ program }) => program !== 'pip3');

/**
 * The workshop that the environment asks for; it works in `folder`, which is made. What checks that were ended by force
 * have left in a Docker Engine is removed. Root file systems are kept apart from the service's, whose user is another.
 * @throws AppError `missing-component` with the one command to type, `usage`, `unavailable`
 */
export async function openWorkshop(
  io: CliIo,
  { folder, yes }: { readonly folder: string; readonly yes: boolean },
): Promise<Workshop> {
  const config = readConfig(CheckConfig, io.env);
  await ensureSystemPrograms(io, { yes }, needed);
  const kept = config.rootfsDir ?? join(await dataRoot(io), 'check');
  await mkdir(kept, { recursive: true, mode: 0o755 });
  await mkdir(folder);
  // The build's user passes through to what is bound for it.
  await chmod(folder, 0o711);
  const cgroups =
    config.cgroups === undefined ? await findCgroupParents() : parseCgroupParents(config.cgroups);
  const name = checkName();
  const sandbox = await chooseSandbox({
    kind: config.sandbox,
    docker: {
      host: config.dockerHost,
      runtime: config.dockerRuntime,
      worker: name,
      isGone: isEndedCheck,
    },
    bubblewrap: { folder, cgroups },
  });
  await sandbox.sweep();
  return {
    sandbox,
    name,
    rootfs: {
      folder: kept,
      ...(config.debianMirror === undefined ? {} : { mirror: config.debianMirror }),
    },
    close: () => sandbox.sweep(),
  };
}
