import { readConfig } from '#services/config/read.ts';
import { ResolveConfig } from '#services/config/resolve.ts';
import { runMain } from '#services/process/run-main.ts';
import { openUpstreams } from '../ecosystems/open-upstreams.ts';
import { startWorker } from '../runtime/start-worker.ts';
import { createResolveHandler } from './handler.ts';
import { readArchive } from './read-archive.ts';

runMain('resolve', async () => {
  const config = readConfig(ResolveConfig, process.env);
  const upstreams = await openUpstreams(config.upstreams, process.env);
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  await startWorker('resolve', config, async () =>
    createResolveHandler({ upstreams, readArchive, architecture }),
  );
});
