import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '#cli/run.ts';
import { comparisonStatement } from '#core/statement/comparison.ts';
import { provenanceStatement } from '#core/statement/provenance.ts';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import { createKeyFile, keyFileSigner } from '#services/signing/key-file.ts';
import type { KeySigner } from '#services/signing/signer.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { freshSigner, scratchFolder, signed } from '#test/harness/attesting/signed.ts';
import {
  artifact,
  builder,
  equivalent,
  otherBytes,
  outputOf,
  ran,
  recipe,
  reproduced,
  wheelBytes,
} from '#test/harness/samples/attest-input.ts';

const by = { builder, level: 'SLSA_BUILD_LEVEL_1' as const, facts: [] };
const submitter = { subject: 'token:alice', scope: 'submitter' as const };

let api: ApiServer;
let folder: string;
let signer: KeySigner;

beforeEach(async () => {
  api = await ApiServer.start();
  folder = await scratchFolder();
  signer = await freshSigner();
  await api.plane.registerSigner(submitter, {
    builderId: builder.id,
    log: false,
    key: { hint: signer.hint, publicKeyPem: signer.publicKeyPem },
  });
  await writeFile(join(folder, artifact.file), wheelBytes);
});

afterEach(async () => api[Symbol.asyncDispose]());

async function assay(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' };
  const code = await runCli(args, {
    stdout: { write: (part) => (text.stdout += part) },
    stderr: { write: (part) => (text.stderr += part) },
    stdin: Readable.from([]),
    env: { HOME: folder, XDG_DATA_HOME: join(folder, 'data') },
    cwd: folder,
    fetch,
    signal: new AbortController().signal,
    now: () => Date.now(),
  });
  return { code, ...text };
}

/** A finished rebuild that the service has signed `statements` about. */
async function finished(...statements: Parameters<typeof signed>[0][]): Promise<string> {
  const { rebuild } = await api.plane.submit(submitter, { kind: 'purl', purl: artifact.purl ?? '' });
  const state = api.plane.rebuildStates.get(rebuild.id);
  const attestations = [];
  for (const statement of statements) {
    const bytes = await signed(statement, signer);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await api.plane.objectStates.put(sha256, Readable.from([bytes]), 'public');
    const { predicateType } = statement;
    const { digest: subject } = statement.subject[0];
    state.bundles.unshift({
      predicateType,
      digest: sha256,
      subject: subject.sha256,
      bundle: JSON.parse(bytes.toString()),
    });
    attestations.push({
      predicateType,
      subject,
      state: 'complete' as const,
      digest: { sha256 },
      size: bytes.length,
    });
  }
  api.plane.rebuildStates.change(state, { artifact, attestations });
  api.plane.conclude(rebuild.id, reproduced.verdict);
  return rebuild.id;
}

const comparison = comparisonStatement(reproduced, by);
const provenance = provenanceStatement({ ...reproduced, recipe, ran, output: outputOf(wheelBytes) }, builder);
const bundlesIn = async (): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith('.sigstore.json')).sort();

describe('assay attestation get', () => {
  test('puts the bundles next to a file, where verify finds them, with the key that the service exports', async () => {
    await finished(provenance, comparison);
    expect((await assay('attestation', 'get', artifact.file, '--api', api.url)).code).toBe(0);
    expect(await bundlesIn()).toEqual([
      `${artifact.file}.comparison.sigstore.json`,
      `${artifact.file}.provenance.sigstore.json`,
    ]);
    const key = await assay('key', 'export', '--api', api.url);
    await writeFile(join(folder, 'key.pub'), key.stdout);
    const verified = await assay('verify', artifact.file, '--key', 'key.pub', '--format', 'json');
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.stdout).counts.verified).toBe(2);
  });

  test('puts all of a file into one of JSON Lines, which verify reads as well', async () => {
    await finished(provenance, comparison);
    const got = await assay(
      'attestation',
      'get',
      artifact.file,
      '--api',
      api.url,
      '--format',
      'intoto-jsonl',
    );
    expect(got).toMatchObject({ code: 0, stdout: `${join(folder, artifact.file)}.intoto.jsonl\n` });
    expect(await bundlesIn()).toEqual([]);
    const lines = (await readFile(join(folder, `${artifact.file}.intoto.jsonl`), 'utf8')).trim().split('\n');
    expect(lines.map((line) => Object.keys(JSON.parse(line)))).toEqual(
      Array.from({ length: 2 }, () => expect.arrayContaining(['dsseEnvelope', 'verificationMaterial'])),
    );
    const key = await assay('key', 'export', '--api', api.url);
    await writeFile(join(folder, 'key.pub'), key.stdout);
    const verified = await assay('verify', artifact.file, '--key', 'key.pub', '--format', 'json');
    expect(JSON.parse(verified.stdout).counts.verified).toBe(2);
  });

  test.each([
    ['a package URL', () => artifact.purl ?? '', artifact.file],
    ['a digest', () => `sha256:${artifact.digest.sha256}`, `sha256-${artifact.digest.sha256.slice(0, 12)}`],
    ['the id of a rebuild', (id: string) => id, artifact.file],
  ])('takes %s', async (_, what, stem) => {
    const id = await finished(comparison);
    const { code, stdout } = await assay(
      'attestation',
      'get',
      what(id),
      '--api',
      api.url,
      '--output',
      'into',
    );
    const file = join(folder, 'into', `${stem}.comparison.sigstore.json`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${file}\n` });
    expect(JSON.parse(await readFile(file, 'utf8')).mediaType).toContain('v0.3');
  });

  test('does not let provenance of other bytes pass for that of the published file', async () => {
    const ofOutput = provenanceStatement(
      { ...equivalent, recipe, ran, output: outputOf(otherBytes) },
      builder,
    );
    const id = await finished(ofOutput, comparisonStatement(equivalent, by));
    await assay('attestation', 'get', id, '--api', api.url);
    expect(await bundlesIn()).toEqual([
      `${artifact.file}.comparison.sigstore.json`,
      `${artifact.file}.rebuilt.provenance.sigstore.json`,
    ]);
  });

  test('gives the newest of a kind the plain name, and older ones a number', async () => {
    await finished(comparisonStatement({ ...equivalent, rebuildId: reproduced.rebuildId }, by));
    await finished(comparison);
    await assay('attestation', 'get', artifact.file, '--api', api.url);
    const names = await bundlesIn();
    expect(names).toEqual([
      `${artifact.file}.comparison.2.sigstore.json`,
      `${artifact.file}.comparison.sigstore.json`,
    ]);
    const payload = async (name: string) =>
      JSON.parse(
        Buffer.from(
          JSON.parse(await readFile(join(folder, name), 'utf8')).dsseEnvelope.payload,
          'base64',
        ).toString(),
      );
    expect((await payload(names[1] ?? '')).predicate.verdict.kind).toBe('reproduced');
    expect((await payload(names[0] ?? '')).predicate.verdict.kind).toBe('equivalent');
  });

  test('says in JSON what it wrote', async () => {
    await finished(provenance, comparison);
    const { stdout } = await assay('attestation', 'get', artifact.file, '--api', api.url, '--format', 'json');
    const { schemaVersion, attestations } = JSON.parse(stdout);
    expect(schemaVersion).toBe(1);
    expect(attestations.map(({ predicateType }: { predicateType: string }) => predicateType).sort()).toEqual(
      [comparisonPredicateType, provenancePredicateType].sort(),
    );
  });

  test.each(['pkg:pypi/idna@3.20', `sha256:${'0'.repeat(64)}`, artifact.file])(
    'exits 3 where nothing was signed about %s',
    async (what) => {
      const { code, stdout } = await assay('attestation', 'get', what, '--api', api.url);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    },
  );

  test('exits 2 for what is neither a purl, a digest, a file nor an id', async () => {
    expect((await assay('attestation', 'get', 'absent.whl', '--api', api.url)).code).toBe(2);
    expect((await assay('attestation', 'get', 'sha256:ABC', '--api', api.url)).code).toBe(2);
  });
});

describe('assay key export', () => {
  test('prints the newest public key of a service, and with --all those before it', async () => {
    const newer = await freshSigner();
    await api.plane.registerSigner(submitter, {
      builderId: builder.id,
      log: false,
      key: { hint: newer.hint, publicKeyPem: newer.publicKeyPem },
    });
    expect((await assay('key', 'export', '--api', api.url)).stdout).toBe(newer.publicKeyPem);
    expect((await assay('key', 'export', '--api', api.url, '--all')).stdout).toBe(
      newer.publicKeyPem + signer.publicKeyPem,
    );
  });

  test('prints the public key of a private key file, without a service', async () => {
    await createKeyFile(join(folder, 'signing.pem'));
    const { publicKeyPem } = await keyFileSigner(join(folder, 'signing.pem'));
    const { code, stdout } = await assay('key', 'export', '--key-file', 'signing.pem');
    expect({ code, stdout }).toEqual({ code: 0, stdout: publicKeyPem });
  });

  test('says how to get one where no service runs and there is no key', async () => {
    const { code, stdout, stderr } = await assay('key', 'export');
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toContain('assay up');
  });
});
