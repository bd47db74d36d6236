import { join } from 'node:path';
import type { Canary } from '#schemas/place.ts';
import { RebuildConfig } from '#services/config/rebuild.ts';
import { readConfig } from '#services/config/read.ts';
import { runMain } from '#services/process/run-main.ts';
import { ecosystems } from '../ecosystems/registry.ts';
import { startWorker } from '../runtime/start-worker.ts';
import { findCgroupParents, parseCgroupParents } from '../sandbox/cgroup/parents.ts';
import { chooseSandbox } from '../sandbox/choose-sandbox.ts';
import { askUnrestricted } from '../sandbox/docker.ts';
import { removeSetAside } from '../rootfs/ensure-rootfs.ts';
import { createRebuildHandler } from './handler.ts';
import { lookAround } from './look-around.ts';

runMain('rebuild', async () => {
  const config = readConfig(RebuildConfig, process.env);
  await startWorker('rebuild', config, async ({ log, folder }) => {
    const cgroups =
      config.cgroups === undefined ? await findCgroupParents() : parseCgroupParents(config.cgroups);
    const sandbox = await chooseSandbox({
      kind: config.sandbox,
      docker: { host: config.dockerHost, runtime: config.dockerRuntime, worker: config.workerName },
      bubblewrap: { folder: join(folder, 'sandbox'), cgroups },
    });
    await sandbox.sweep();
    const rootfs = {
      folder: config.rootfsDir,
      checked: new Set<string>(),
      ...(config.debianMirror === undefined ? {} : { mirror: config.debianMirror }),
    };
    await removeSetAside(rootfs);
    const sockets = sandbox.kind === 'docker' ? [config.dockerHost.replace(/^unix:\/\//, '')] : [];
    const look = (canaries: readonly Canary[]) =>
      lookAround(canaries, sockets, (socket) => askUnrestricted(socket, config.workerName));
    const { rootEquivalent } = await look([]);
    log.info({ sandbox: sandbox.kind, rootEquivalent }, 'builds run in this sandbox');
    return createRebuildHandler({
      sandbox,
      rootfs,
      lookAround: look,
      gatewayUrl: config.gatewayUrl,
      now: () => new Date(),
      explainerOf: (name) => ecosystems.find((ecosystem) => ecosystem.purlType === name)?.explainFailure,
    });
  });
});
