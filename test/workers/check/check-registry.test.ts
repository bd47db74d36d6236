import { once } from 'node:events';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { serve } from '@hono/node-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGatewayApp } from '#services/gateway/app.ts';
import { FileCache } from '#services/gateway/file-cache.ts';
import { KeptObjects } from '#services/gateway/kept-objects.ts';
import { RecordClient } from '#services/gateway/record-client.ts';
import { createLogger } from '#services/log/logger.ts';
import { type LocalRegistry, startLocalRegistry } from '#test/workers/ecosystems/pypi/local-registry.ts';
import { CheckRegistry } from '#workers/check/check-registry.ts';
import { pypi } from '#workers/ecosystems/pypi/pypi.ts';
import { Upstream } from '#workers/ecosystems/upstream.ts';

const accept = 'application/vnd.pypi.simple.v1+json';
const key = new Uint8Array(32).fill(3);
const token = 'token-of-this-gateway';
const wheel = (version: string, bytes: string) => ({
  filename: `thing-${version}-py3-none-any.whl`,
  bytes: Buffer.from(bytes),
  uploadTime: '2026-01-01T00:00:00Z',
});

let folder: string;
let upstream: LocalRegistry;
let registry: CheckRegistry;
let stop: () => Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-check-registry-'));
  upstream = await startLocalRegistry({ thing: [wheel('1.0', 'one')] });
  registry = await CheckRegistry.open({
    folder: join(folder, 'record'),
    token,
    key,
    grant: {
      protocol: 'pypi',
      before: '2026-06-01T00:00:00Z',
      refuse: { files: ['mine-1.0-py3-none-any.whl'], sha256: [] },
    },
    now: () => Date.now(),
  });
  stop = await startGateway();
});
afterEach(async () => {
  await stop();
  await registry.close();
  await upstream.close();
  await rm(folder, { recursive: true });
});

/** A gateway that has read nothing before, as after ten minutes or a restart. */
async function startGateway(): Promise<() => Promise<void>> {
  const client = new RecordClient(registry.recordUrl, token);
  const source = new Upstream({ url: upstream.indexUrl }, { retries: 0 });
  const files = await FileCache.open(await mkdtemp(join(folder, 'files-')), 1024 ** 2);
  const app = createGatewayApp({
    registries: [{ protocol: pypi.protocol(source), upstream: source }],
    api: client,
    kept: new KeptObjects(client),
    files,
    now: () => new Date(),
    fileBytesMax: 1024 ** 2,
    stop: new AbortController().signal,
    key,
    log: createLogger('gateway', 'silent'),
  });
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  if (!server.listening) await once(server, 'listening');
  registry.reachAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return async () => {
    server.close();
    await Promise.all([client.close(), source.close(), files.close()]);
  };
}

/** What the build of that number gets for each of these paths. */
async function build(number: number, ...paths: string[]): Promise<{ status: number; body: string }[]> {
  const own = join(folder, String(number));
  await mkdir(own);
  const session = await registry.begin(number, own, 60);
  const handle = await open(dirname(session.socketPath));
  const answers = [];
  for (const path of paths) {
    const asked = request({
      socketPath: `/proc/self/fd/${handle.fd}/${basename(session.socketPath)}`,
      path,
      headers: { accept },
    });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answers.push({ status: answer.statusCode ?? 0, body: await text(answer) });
  }
  await handle.close();
  await session.close();
  return answers;
}

const index = '/simple/thing/';
const file = '/files/thing/thing-1.0-py3-none-any.whl';

describe('the registry of a check', () => {
  it('is the same for a later build though files were published, removed or changed meanwhile', async () => {
    const first = await build(1, index, file, '/simple/none/');
    expect(first.map(({ status }) => status)).toEqual([200, 200, 404]);
    upstream.projects.set('thing', [wheel('1.0', 'other'), wheel('2.0', 'two')]);
    upstream.projects.set('none', [wheel('1.0', 'none')]);
    await stop();
    stop = await startGateway();
    expect(await build(2, index, file, '/simple/none/')).toEqual(first);
    upstream.projects.clear();
    expect(await build(3, index, file)).toEqual(first.slice(0, 2));
    expect(registry.inputs()).toMatchObject([{ served: { version: '1.0' }, builds: new Set([1, 2, 3]) }]);
  });

  it('asks for what only a later build wants, which then stands as well', async () => {
    await build(1, index);
    const [found] = await build(2, file);
    expect(found).toEqual({ status: 200, body: 'one' });
    upstream.projects.clear();
    expect(await build(3, file)).toEqual([found]);
  });

  it('gives no build the file that is under test', async () => {
    upstream.projects.set('mine', [{ ...wheel('1.0', 'mine'), filename: 'mine-1.0-py3-none-any.whl' }]);
    const [listed, fetched] = await build(1, '/simple/mine/', '/files/mine/mine-1.0-py3-none-any.whl');
    expect(listed?.body).not.toContain('mine-1.0');
    expect(fetched?.status).toBe(403);
    expect(registry.inputs()).toEqual([]);
  });

  it('says that the registry failed a build, in its own words, and not so of one that it answered', async () => {
    await build(1, index);
    await registry.assertAnswered(1);
    await upstream.close();
    await stop();
    stop = await startGateway();
    // What it was answered besides does not make up for it.
    expect((await build(2, '/simple/further/', index)).map(({ status }) => status)).toEqual([503, 200]);
    await expect(registry.assertAnswered(2)).rejects.toMatchObject({ code: 'upstream' });
    await expect(registry.assertAnswered(2)).rejects.toThrow(/\/simple\/further\/ could not be read/);
    expect(await build(3, index)).toMatchObject([{ status: 200 }]);
    await registry.assertAnswered(3);
    upstream = await startLocalRegistry({});
  });
});
