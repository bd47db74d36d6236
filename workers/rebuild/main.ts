import { join } from 'node:path';
import { RebuildConfig } from '#services/config/rebuild.ts';
import { readConfig } from '#services/config/read.ts';
import { runMain } from '#services/process/run-main.ts';
import { ecosystems } from '../ecosystems/registry.ts';
import { startWorker } from '../runtime/start-worker.ts';
import { findCgroupParents, parseCgroupParents } from '../sandbox/cgroup/parents.ts';
import { chooseSandbox } from '../sandbox/choose-sandbox.ts';
import { createRebuildHandler } from './handler.ts';

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
    log.info({ sandbox: sandbox.kind }, 'builds run in this sandbox');
    return createRebuildHandler({
      sandbox,
      rootfs: {
        folder: config.rootfsDir,
        ...(config.debianMirror === undefined ? {} : { mirror: config.debianMirror }),
      },
      gatewayUrl: config.gatewayUrl,
      now: () => new Date(),
      explainerOf: (name) => ecosystems.find((ecosystem) => ecosystem.purlType === name)?.explainFailure,
    });
  });
});
