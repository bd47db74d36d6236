import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStack, type Stack } from '#deploy/sigstore/stack.ts';
import { openSigning } from '#services/signing/open-signing.ts';
import { runInProcess, type InProcessRun } from '#test/harness/cli/run-in-process.ts';
import { startDockerRegistry, type TestRegistry } from '#test/harness/servers/docker-registry.ts';
import { pushTestImage } from '#test/harness/servers/push-image.ts';
import { startReferrersRegistry } from './registry/start.ts';
import { findCosign } from './verifiers/cosign.ts';

const identity = 'https://rebuilder.example/embedded/v1';
const cosign = await findCosign();
const cosignProgram = process.env['ASSAY_TEST_COSIGN'] ?? 'cosign';

let folder: string;
let stack: Stack;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-oci-'));
  stack = await startStack({ folder: join(folder, 'stack'), log: () => undefined });
});
afterAll(async () => {
  await stack.close();
  await cosign?.close?.();
  await rm(folder, { recursive: true, force: true });
});

/** A bundle about the image, signed on the real Sigstore as Assay signs. */
async function signAbout(sha256: string, n: number): Promise<string> {
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, await stack.token({ subject: identity }), { mode: 0o600 });
  const signing = await openSigning({
    signer: { kind: 'keyless', fulcioUrl: stack.fulcioUrl, identity: { tokenFile } },
    timestampUrl: stack.tsaQueryUrl,
    logUrl: stack.rekorUrl,
  });
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'image', digest: { sha256 } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: { buildType: 'https://rebuilder.example/image/v1', externalParameters: { n } },
      runDetails: { builder: { id: identity } },
    },
  };
  const { bytes } = await signing.sign(Buffer.from(JSON.stringify(statement)), { log: true });
  const file = join(folder, `bundle-${sha256.slice(0, 8)}-${n}.json`);
  await writeFile(file, bytes);
  return file;
}

const assay = (...args: string[]): Promise<InProcessRun> =>
  runInProcess(args, { cwd: folder, env: { HOME: folder } });

describe.each([
  { name: 'docker-registry, without a referrers API', start: () => startDockerRegistry(), keptBy: 'tag' },
  { name: 'a registry with the referrers API', start: startReferrersRegistry, keptBy: 'api' },
])('$name', ({ start, keptBy }) => {
  let registry: TestRegistry;
  let image: string;
  let bundles: readonly string[];

  beforeAll(async () => {
    registry = await start();
    const sha256 = await pushTestImage(registry.host, 'team/app');
    image = `${registry.host}/team/app@sha256:${sha256}`;
    bundles = [await signAbout(sha256, 1), await signAbout(sha256, 2)];
    const flags = bundles.flatMap((file) => ['--bundle', file]);
    const run = await assay('attestation', 'attach', image, ...flags, '--format', 'json');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const { attached } = JSON.parse(run.stdout) as { attached: { keptBy: string }[] };
    expect(attached.map((one) => one.keptBy)).toEqual([keptBy, keptBy]);
  });
  afterAll(() => registry.stop());

  test('attestation get --oci brings back the very bytes that were attached', async () => {
    const run = await assay('attestation', 'get', '--oci', image, '--output', 'got', '--format', 'json');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const { attestations } = JSON.parse(run.stdout) as { attestations: { file: string }[] };
    const got = await Promise.all(attestations.map(({ file }) => readFile(file, 'utf8')));
    const given = await Promise.all(bundles.map((file) => readFile(file, 'utf8')));
    expect(got.sort()).toEqual(given.sort());
  });

  test('assay upstream finds and verifies them for who expects the signer, and for nobody else', async () => {
    const root = ['--trusted-root', stack.trustedRootFile];
    const signer = ['--signer', identity, '--signer-issuer', stack.issuerUrl];
    const run = await assay('upstream', image, ...root, ...signer);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout.split('\n')[0]).toContain('2 statements by others');
    expect((await assay('upstream', image, ...root)).code).toBe(3);
    const other = ['--signer', `${identity}x`, '--signer-issuer', stack.issuerUrl];
    expect((await assay('upstream', image, ...root, ...other)).code).toBe(1);
    // The public root knows nothing of this Sigstore.
    expect((await assay('upstream', image, ...signer)).code).toBe(1);
  });

  test('a bundle about another image is not attached', async () => {
    const other = await signAbout('1'.repeat(64), 3);
    const run = await assay('attestation', 'attach', image, '--bundle', other);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('is about something else');
  });

  describe.each(cosign ? [cosign] : [])('$name $version', () => {
    /** cosign's own exit code. */
    const verifies = (as: string): Promise<number> =>
      promisify(execFile)(
        cosignProgram,
        [
          'verify-attestation',
          '--new-bundle-format',
          `--trusted-root=${stack.trustedRootFile}`,
          '--type=slsaprovenance1',
          '--use-signed-timestamps',
          `--certificate-identity=${as}`,
          `--certificate-oidc-issuer=${stack.issuerUrl}`,
          image,
        ],
        { env: { PATH: process.env['PATH'], HOME: folder } },
      ).then(
        () => 0,
        (error: { code?: unknown; stderr?: string }) => {
          if (typeof error.code !== 'number') throw error;
          if (as === identity) throw new Error(error.stderr);
          return error.code;
        },
      );

    test('finds and verifies what we attached, for that signer alone', async () => {
      expect(await verifies(identity)).toBe(0);
      expect(await verifies(`${identity}x`)).not.toBe(0);
    });
  });
});
