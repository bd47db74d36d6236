import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayGrant } from '#schemas/gateway.ts';
import { signGrant } from '#services/gateway/grant.ts';
import {
  gatewayKey,
  grantOf,
  startGateway,
  type RunningGateway,
} from '#test/services/gateway/start-gateway.ts';
import { sha256 } from '#test/workers/ecosystems/pypi/local-registry.ts';
import { pipSettings } from '#workers/ecosystems/pypi/pip-settings.ts';

const run = promisify(execFile);
const replayId = '0b6f3b0e-98a5-4dd3-8a54-0e9b6f1d7a10';
const before = '2024-06-01T00:00:00Z';

let folder: string;
let gateway: RunningGateway;
let socket: Server;
let grant: GatewayGrant;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-pip-'));
  gateway = await startGateway(await pipSettings(process.env));
  grant = grantOf({ before });
  socket = forwardTo(() => gateway.url);
  await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  socket.closeAllConnections();
  await Promise.all([new Promise((resolve) => socket.close(resolve)), gateway.close()]);
  await rm(folder, { recursive: true });
});

/** As the rebuild worker does for an attempt's socket: every request gets the attempt's grant. */
function forwardTo(gatewayUrl: () => string): Server {
  return createServer(async (asked, response) => {
    const token = await signGrant(grant, gatewayKey, Date.parse('2026-11-22T13:00:00Z') / 1000);
    const headers = { ...asked.headers, authorization: `Bearer ${token}` };
    const forwarded = request(`${gatewayUrl()}/v1/build${asked.url}`, { headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    asked.pipe(forwarded);
  });
}

/** What pip downloads for `requirements`, by name and digest; it is told of the gateway and of nothing else. */
async function download(name: string, ...requirements: string[]): Promise<Record<string, string>> {
  const into = join(folder, name);
  const { port } = socket.address() as AddressInfo;
  const environment = {
    PATH: process.env['PATH'],
    HOME: folder,
    PIP_CONFIG_FILE: '/dev/null',
    PIP_INDEX_URL: `http://127.0.0.1:${port}/simple/`,
    PIP_NO_CACHE_DIR: '1',
    PIP_RETRIES: '0',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
  };
  const args = ['-m', 'pip', 'download', '--only-binary', ':all:', '--dest', into, '--', ...requirements];
  await run('python3', args, { env: environment });
  const found: Record<string, string> = {};
  for (const file of (await readdir(into)).sort()) found[file] = sha256(await readFile(join(into, file)));
  return found;
}

describe("pip and the machine's own registry, through the gateway", () => {
  it('resolves as of the cut-off date, and all that it got is on the record', async () => {
    const files = await download('recorded', 'hatchling');
    expect(Object.keys(files)).toContain('hatchling-1.24.2-py3-none-any.whl');
    const recorded = gateway.served().filter(({ kind }) => kind === 'file');
    expect(new Set(recorded.map(({ sha256: digest }) => digest))).toEqual(new Set(Object.values(files)));
    expect(gateway.served().filter(({ kind }) => kind === 'index').length).toBeGreaterThan(3);
  });

  it('replays the record with no registry at all, to the same bytes', async () => {
    const files = await download('recorded', 'hatchling');
    const offline = await startGateway({ url: 'http://127.0.0.1:9/simple' });
    try {
      for (const [digest, bytes] of gateway.api.objects) offline.api.objects.set(digest, bytes);
      offline.api.records.set(replayId, gateway.served());
      const online = gateway;
      gateway = offline;
      grant = grantOf({ before, mode: 'replay', sessionId: replayId });
      expect(await download('replayed', 'hatchling')).toEqual(files);
      gateway = online;
    } finally {
      await offline.close();
    }
  });

  it('gives pip the release before the one under test', async () => {
    const tested = 'hatchling-1.24.2-py3-none-any.whl';
    grant = grantOf({ before, refuse: { files: [tested], sha256: [] } });
    expect(Object.keys(await download('refused', 'hatchling'))).toContain(
      'hatchling-1.24.1-py3-none-any.whl',
    );
    await expect(download('pinned', 'hatchling==1.24.2')).rejects.toThrow(/No matching distribution found/);
  });
});
