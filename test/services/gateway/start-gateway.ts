import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import type { GatewayGrant, Served } from '#schemas/gateway.ts';
import { createGatewayApp } from '#services/gateway/app.ts';
import { FileCache } from '#services/gateway/file-cache.ts';
import { signGrant } from '#services/gateway/grant.ts';
import { KeptObjects } from '#services/gateway/kept-objects.ts';
import { RecordClient } from '#services/gateway/record-client.ts';
import { createLogger } from '#services/log/logger.ts';
import { pypi } from '#workers/ecosystems/pypi/pypi.ts';
import { Upstream, type UpstreamSettings } from '#workers/ecosystems/upstream.ts';
import { startInternalApi, type InternalApi } from './internal-api.ts';

export const gatewayKey = new Uint8Array(32).fill(9);
export const sessionId = '5d1f8a40-6f3e-4c58-9f0e-0a4f9d5f2c11';

/** A gateway with its api, before an upstream. */
export interface RunningGateway {
  readonly url: string;
  readonly api: InternalApi;
  /** Asks as the worker of an attempt does, with a grant of its own. */
  ask(path: string, over?: Partial<GatewayGrant>, init?: RequestInit): Promise<Response>;
  /** What is on the record of `fence` 1. */
  served(): Served[];
  close(): Promise<void>;
}

export const grantOf = (over: Partial<GatewayGrant> = {}): GatewayGrant => ({
  sessionId,
  fence: 1,
  protocol: 'pypi',
  before: '2026-06-01T00:00:00Z',
  refuse: { files: [], sha256: [] },
  mode: 'record',
  ...over,
});

export async function startGateway(settings: UpstreamSettings): Promise<RunningGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-gateway-'));
  const api = await startInternalApi();
  const client = new RecordClient(api.url, api.token);
  const upstream = new Upstream(settings, { retries: 0, totalTimeoutMs: 60_000 });
  const stop = new AbortController();
  const app = createGatewayApp({
    registries: [{ protocol: pypi.protocol(upstream), upstream }],
    api: client,
    kept: new KeptObjects(client),
    files: await FileCache.open(join(folder, 'files'), 1024 ** 3),
    now: () => new Date('2026-11-22T12:00:00Z'),
    fileBytesMax: 64 * 1024 ** 2,
    stop: stop.signal,
    key: gatewayKey,
    log: createLogger('gateway', 'silent'),
  });
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const starting = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => resolve(starting));
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    api,
    async ask(path, over = {}, init = {}) {
      const token = await signGrant(grantOf(over), gatewayKey, Date.parse('2026-11-22T13:00:00Z') / 1000);
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${token}`);
      return fetch(`${url}/v1/build${path}`, { ...init, headers });
    },
    served: () => api.served.get(`${sessionId}/1`) ?? [],
    async close() {
      stop.abort();
      server.close();
      await Promise.all([client.close(), upstream.close(), api.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
