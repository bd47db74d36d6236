import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleMediaType } from '#core/upstream/found-bundle.ts';
import { AppError } from '#core/errors/app-error.ts';
import { attachBundle } from '#services/upstream/oci/attach.ts';
import { registryCredentials } from '#services/upstream/oci/credentials.ts';
import { getAttachedBundles } from '#services/upstream/oci/get-bundles.ts';
import { parseImageReference } from '#services/upstream/oci/reference.ts';
import { RegistryClient } from '#services/upstream/oci/registry-client.ts';
import { openTrust } from '#services/upstream/open-trust.ts';
import { publicSeed } from '#services/upstream/public-seed.ts';
import { verifyFound } from '#services/upstream/verify-found.ts';
import { startDockerRegistry, type TestRegistry } from '#test/harness/servers/docker-registry.ts';
import { digestHex, recorded } from '#test/harness/upstream/recorded.ts';
import { pushTestImage } from '#test/harness/servers/push-image.ts';

interface OldBundle {
  readonly verificationMaterial: {
    readonly x509CertificateChain: { readonly certificates: readonly { readonly rawBytes: string }[] };
    readonly tlogEntries: readonly {
      readonly logIndex: string;
      readonly logId: { readonly keyId: string };
      readonly integratedTime: string;
      readonly inclusionPromise: { readonly signedEntryTimestamp: string };
      readonly canonicalizedBody: string;
    }[];
  };
  readonly dsseEnvelope: unknown;
}

const signal = new AbortController().signal;
const bundle = (n: number): Buffer => Buffer.from(JSON.stringify({ mediaType: bundleMediaType, n }));
const toAttach = (n: number) => ({
  bytes: bundle(n),
  predicateType: 'https://slsa.dev/provenance/v1',
  createdAt: `2026-11-22T12:00:${String(n).padStart(2, '0')}Z`,
});

describe('docker-registry, which has no referrers API', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startDockerRegistry();
  });
  afterAll(() => registry.stop());

  async function freshImage(repository: string) {
    const sha256 = await pushTestImage(registry.host, repository);
    const image = parseImageReference(`${registry.host}/${repository}@sha256:${sha256}`);
    return { image, client: new RegistryClient(image, undefined, signal) };
  }

  test('what was attached is found again, byte for byte, through the tag that stands for the list', async () => {
    const { image, client } = await freshImage('team/one');
    expect(await getAttachedBundles(client, image)).toEqual([]);
    const first = await attachBundle(client, image, toAttach(1), 0);
    expect(first.keptBy).toBe('tag');
    await attachBundle(client, image, toAttach(2), 0);
    const found = await getAttachedBundles(client, image);
    expect(found.map(({ bytes }) => bytes.toString())).toEqual([bundle(1).toString(), bundle(2).toString()]);
    const index = (await (
      await fetch(`http://${registry.host}/v2/team/one/manifests/sha256-${image.sha256}`, {
        headers: { accept: 'application/vnd.oci.image.index.v1+json' },
      })
    ).json()) as { manifests: Record<string, unknown>[] };
    expect(index.manifests[0]).toMatchObject({
      artifactType: bundleMediaType,
      digest: `sha256:${first.sha256}`,
      annotations: { 'dev.sigstore.bundle.predicateType': 'https://slsa.dev/provenance/v1' },
    });
    await client.close();
  });

  test('attaching the same bundle twice leaves one', async () => {
    const { image, client } = await freshImage('team/twice');
    await attachBundle(client, image, toAttach(1), 0);
    await attachBundle(client, image, toAttach(1), 0);
    expect(await getAttachedBundles(client, image)).toHaveLength(1);
    await client.close();
  });

  test('of eight who attach at the same time nobody loses an entry', async () => {
    const { image, client } = await freshImage('team/crowd');
    await Promise.all(Array.from({ length: 8 }, (_, n) => attachBundle(client, image, toAttach(n))));
    const found = await getAttachedBundles(client, image);
    expect(found.map(({ bytes }) => bytes.toString()).sort()).toEqual(
      Array.from({ length: 8 }, (_, n) => bundle(n).toString()).sort(),
    );
    await client.close();
  });

  test('what cosign attached before version 3, under its own tag, is a bundle that verifies', async () => {
    const { image, client } = await freshImage('team/old');
    const { attestations } = JSON.parse(recorded('supreme-googles.attestations.json').toString()) as {
      attestations: { bundle: OldBundle }[];
    };
    const { verificationMaterial: material, dsseEnvelope } = (attestations[1] as { bundle: OldBundle })
      .bundle;
    const [entry] = material.tlogEntries;
    const [leaf] = material.x509CertificateChain.certificates;
    const der = leaf?.rawBytes.replace(/(.{64})(?=.)/g, '$1\n') ?? '';
    const annotations = {
      'dev.sigstore.cosign/certificate': `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`,
      'dev.sigstore.cosign/bundle': JSON.stringify({
        SignedEntryTimestamp: entry?.inclusionPromise.signedEntryTimestamp,
        Payload: {
          body: entry?.canonicalizedBody,
          integratedTime: Number(entry?.integratedTime),
          logIndex: Number(entry?.logIndex),
          logID: Buffer.from(entry?.logId.keyId ?? '', 'base64').toString('hex'),
        },
      }),
    };
    const layer = {
      content: JSON.stringify(dsseEnvelope),
      type: 'application/vnd.dsse.envelope.v1+json',
      annotations,
    };
    await pushTestImage(registry.host, 'team/old', { tag: `sha256-${image.sha256}.att`, layer });
    const found = await getAttachedBundles(client, image);
    const trust = openTrust(publicSeed().get('trusted_root.json') ?? '', [], {
      saidBy: 'the test',
      repository: 'https://github.com/trishankatdatadog/supreme-goggles',
    });
    const [judged] = verifyFound(
      found,
      { sha512: digestHex('sha512', recorded('supreme-googles.tgz')) },
      trust,
    );
    expect(judged).toMatchObject({ standing: 'verified', claims: { kind: 'provenance' } });
    await client.close();
  });

  test('an image that is not there gets nothing attached', async () => {
    const image = parseImageReference(`${registry.host}/team/none@sha256:${'0'.repeat(64)}`);
    const client = new RegistryClient(image, undefined, signal);
    await expect(attachBundle(client, image, toAttach(1), 0)).rejects.toMatchObject({ code: 'not-found' });
    await client.close();
  });
});

describe('a registry that wants a login', () => {
  // bcrypt of s3cret, which guards nothing.
  const htpasswd = 'reader:$2b$04$7yXcaF2vEgc/VHlreH9g7.ZHcRNjeGLS.tAKwy7q1YmNm4yn0SP6e';
  let registry: TestRegistry;
  let folder: string;
  beforeAll(async () => {
    registry = await startDockerRegistry({ htpasswd });
    folder = await mkdtemp(join(tmpdir(), 'assay-docker-config-'));
    const auth = Buffer.from('reader:s3cret').toString('base64');
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }));
  });
  afterAll(async () => {
    await registry.stop();
    await rm(folder, { recursive: true });
  });

  test('takes what docker login left behind; without it the error says what to do and no secret', async () => {
    const basic = { authorization: `Basic ${Buffer.from('reader:s3cret').toString('base64')}` };
    const sha256 = await pushTestImage(registry.host, 'private/one', { headers: basic });
    const image = parseImageReference(`${registry.host}/private/one@sha256:${sha256}`);
    const credentials = await registryCredentials(registry.host, { DOCKER_CONFIG: folder });
    const client = new RegistryClient(image, credentials, signal);
    await attachBundle(client, image, toAttach(1), 0);
    expect(await getAttachedBundles(client, image)).toHaveLength(1);
    await client.close();

    const stranger = new RegistryClient(image, undefined, signal);
    const refused = await attachBundle(stranger, image, toAttach(2), 0).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(AppError);
    expect(refused).toMatchObject({
      code: 'unauthenticated',
      hint: expect.stringContaining('docker login') as unknown,
    });
    await stranger.close();

    const wrong = new RegistryClient(image, { username: 'reader', secret: 'wr0ng', isToken: false }, signal);
    const denied = await getAttachedBundles(wrong, image).catch((error: unknown) => error);
    expect(denied).toMatchObject({ code: 'unauthenticated' });
    expect(JSON.stringify([denied, (denied as Error).message])).not.toContain('wr0ng');
    await wrong.close();
  });
});
