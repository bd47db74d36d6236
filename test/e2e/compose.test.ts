import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Compose, startCompose } from '#test/harness/compose.ts';

const processes = ['api', 'gateway', 'resolve', 'rebuild', 'compare', 'attest'];

/** Exit code 0 when a connection to argv[1]:argv[2] opens. */
const connects =
  'const [host, port] = process.argv.slice(1); const s = require("net").connect({ host, port: Number(port), timeout: 3000 }, () => process.exit(0)); s.on("error", () => process.exit(1)); s.on("timeout", () => process.exit(1))';

describe('docker-compose.yml', () => {
  let compose: Compose;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-compose-cli-'));
    compose = await startCompose();
  }, 2_400_000);

  afterAll(async () => {
    await compose?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('brings up a service that rebuilds a published package and signs the verdict', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['cli/main.ts', 'rebuild', 'pkg:pypi/idna@3.20', '--format', 'json', '--output-dir', folder],
      {
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          ASSAY_API_URL: compose.apiUrl,
          ASSAY_TOKEN: compose.adminToken,
        },
        timeout: 900_000,
      },
    ).catch(async (error: unknown) => {
      throw new Error(await compose.run('logs', '--no-color', '--tail=60'), { cause: error });
    });
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'reproduced',
      artifact: { purl: 'pkg:pypi/idna@3.20' },
      attempts: expect.arrayContaining([expect.objectContaining({})]) as unknown,
    });
  }, 1_000_000);

  test('lets only the api reach the database and the objects, and only it and the workers the queue', async () => {
    const reach = async (service: string, host: string, port: number): Promise<boolean> =>
      (await compose.inside(service, 'node', '--eval', connects, host, String(port))).code === 0;
    const reached = await Promise.all(
      processes.map(async (service) => [
        service,
        await reach(service, 'postgres', 5432),
        await reach(service, 's3', 7070),
        await reach(service, 'redis', 6379),
      ]),
    );
    expect(reached).toEqual(
      processes.map((service) => [service, service === 'api', service === 'api', service !== 'gateway']),
    );
  });

  test("gives the signing key to attest alone and the engine's socket to rebuild alone, and nobody both", async () => {
    for (const service of processes) {
      const key = await compose.inside(service, 'test', '-e', '/var/lib/assay/key/signing-key.pem');
      const socket = await compose.inside(service, 'test', '-S', '/var/run/docker.sock');
      expect([service, key.code === 0, socket.code === 0]).toEqual([
        service,
        service === 'attest',
        service === 'rebuild',
      ]);
    }
  });
});
