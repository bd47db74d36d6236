import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Compose, startCompose } from '#test/harness/compose.ts';

const purl = 'pkg:pypi/idna@3.20';
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

  /** What the command line prints about this service. */
  const cli = async (...argv: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['cli/main.ts', ...argv], {
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        ASSAY_API_URL: compose.apiUrl,
        ASSAY_TOKEN: compose.adminToken,
      },
      timeout: 900_000,
    }).catch(async (error: unknown) => {
      throw new Error(await compose.run('logs', '--no-color', '--tail=60'), { cause: error });
    });
    return stdout;
  };

  test('brings up a service that rebuilds a published package and signs the verdict', async () => {
    const found = await cli('rebuild', purl, '--format', 'json', '--output-dir', folder);
    expect(JSON.parse(found)).toMatchObject({
      verdict: 'reproduced',
      artifact: { purl },
      attempts: expect.arrayContaining([expect.objectContaining({})]) as unknown,
    });
  }, 1_000_000);

  test('has it certified, time-stamped and logged by its own Sigstore, so that it verifies offline', async () => {
    const root = join(folder, 'trusted_root.json');
    await writeFile(root, await cli('trusted-root', '--format', 'sigstore'));
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', folder];
    await promisify(execFile)('python3', [...pip, 'idna==3.20']);
    const wheel = join(folder, (await readdir(folder)).find((name) => name.endsWith('.whl')) ?? '');
    const bundles = async (): Promise<string[]> => {
      await cli('attestation', 'get', purl, '--output', folder);
      return (await readdir(folder)).filter((name) => name.endsWith('.sigstore.json'));
    };
    // On a busy machine a witness may have been too slow at first: then the bundle is completed a little later.
    await expect.poll(bundles, { timeout: 180_000, interval: 2000 }).toHaveLength(2);
    for (const name of await bundles()) {
      const bundle = join(folder, name);
      expect(JSON.parse(await readFile(bundle, 'utf8'))).toMatchObject({
        verificationMaterial: {
          certificate: { rawBytes: expect.any(String) as unknown },
          timestampVerificationData: { rfc3161Timestamps: [{}] },
          tlogEntries: [{ inclusionProof: { checkpoint: {} } }],
        },
      });
      const signer = ['--identity', 'http://127.0.0.1:8471/builder', '--issuer', 'http://issuer:8080'];
      await cli('verify', wheel, '--bundle', bundle, '--trusted-root', root, ...signer);
    }
  }, 400_000);

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

  test('has the reader of hostile files as one file for those who run it', async () => {
    const program = 'import("/opt/assay/workers/reader/program.ts").then((m) => m.readerProgram())';
    for (const service of ['resolve', 'compare']) {
      const { output } = await compose.inside(
        service,
        'node',
        '--eval',
        `${program}.then((p) => console.log(p.main))`,
      );
      expect([service, output]).toEqual([service, expect.stringMatching(/^reader-[0-9a-f]{16}\.mjs\n$/)]);
    }
  });

  test("gives the attester's identity to attest alone and the engine's socket to rebuild alone, and nobody both", async () => {
    for (const service of processes) {
      const identity = await compose.inside(service, 'test', '-r', '/var/lib/assay/identity/token');
      const socket = await compose.inside(service, 'test', '-S', '/var/run/docker.sock');
      expect([service, identity.code === 0, socket.code === 0]).toEqual([
        service,
        service === 'attest',
        service === 'rebuild',
      ]);
    }
  });

  test('gives the key of each Sigstore server to that server alone', async () => {
    const servers = ['fulcio', 'rekor', 'tsa', 'issuer'];
    for (const service of [...servers, 'attest', 'rebuild', 'api']) {
      const readable = await Promise.all(
        servers.map(
          async (owner) =>
            (await compose.inside(service, 'test', '-r', `/sigstore/${owner}/signer.key`)).code === 0,
        ),
      );
      expect([service, ...readable]).toEqual([service, ...servers.map((owner) => owner === service)]);
    }
  });
});
