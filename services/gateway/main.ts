import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { GatewayConfig } from '#services/config/gateway.ts';
import { readConfig } from '#services/config/read.ts';
import { createLogger } from '#services/log/logger.ts';
import { runMain } from '#services/process/run-main.ts';
import { stopWithParent } from '#services/process/stop-with-parent.ts';
import { openUpstreams } from '#workers/ecosystems/open-upstreams.ts';
import { createGatewayApp } from './app.ts';
import { FileCache } from './file-cache.ts';
import { KeptObjects } from './kept-objects.ts';
import { RecordClient } from './record-client.ts';

const fileBytesMax = 1024 ** 3;

runMain('gateway', async () => {
  const config = readConfig(GatewayConfig, process.env);
  const log = createLogger('gateway', config.logLevel);
  const stop = new AbortController();
  const upstreams = await openUpstreams(config.upstreams, process.env);
  const api = new RecordClient(config.apiUrl, config.token);
  const folder = join(
    config.workDir ?? tmpdir(),
    `assay-gateway-${config.workDir === undefined ? process.pid : 'files'}`,
  );
  const files = await FileCache.open(folder, config.cacheBytesMax);

  const app = createGatewayApp({
    registries: upstreams.map(({ ecosystem, upstream }) => ({
      protocol: ecosystem.protocol(upstream),
      upstream,
    })),
    api,
    kept: new KeptObjects(api),
    files,
    now: () => new Date(),
    fileBytesMax,
    stop: stop.signal,
    key: config.key,
    log,
  });

  const server = serve(
    { fetch: app.fetch, hostname: config.listen.host, port: config.listen.port },
    ({ address, port }) => {
      const host = address.includes(':') ? `[${address}]` : address;
      process.stdout.write(`${JSON.stringify({ listening: `http://${host}:${port}` })}\n`);
    },
  );

  const end = async (): Promise<void> => {
    stop.abort();
    server.close();
    await Promise.allSettled([
      api.close(),
      files.close(),
      ...upstreams.map(({ upstream }) => upstream.close()),
    ]);
    process.exit(0);
  };
  stopWithParent(config.parentPipe, () => void end());
});
