import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { comparisonStatement } from '#core/statement/comparison.ts';
import type { KeySigner } from '#services/signing/signer.ts';
import { freshSigner, scratchFolder, signed, signedJson } from '#test/harness/attesting/signed.ts';
import { runInProcess, type InProcessRun } from '#test/harness/cli/run-in-process.ts';
import { builder, different, reproduced, wheelBytes } from '#test/harness/samples/attest-input.ts';
import { digestHex, recorded, snappyLiterals } from '#test/harness/upstream/recorded.ts';
import { serve } from '#test/harness/upstream/serve.ts';
import type { LocalServer } from '#test/workers/ecosystems/local-server.ts';

let folder: string;
beforeEach(async () => {
  folder = await scratchFolder();
});

const put = (name: string, content: Uint8Array | string): Promise<void> =>
  writeFile(join(folder, name), content);

const upstream = (...args: string[]): Promise<InProcessRun> =>
  runInProcess(['upstream', ...args], { cwd: folder, env: { HOME: folder } });

const firstLine = ({ stdout }: InProcessRun): string => stdout.split('\n')[0] ?? '';

/** What the JSON report says of the n-th statement. */
function statementsOf({ stdout }: InProcessRun): {
  standing: string;
  by?: string;
  claims?: { kind: string; source?: Record<string, string> };
  checks: { name: string; ok: boolean; actual: string }[];
  comparisons: { claim: string; agreement: string; sentence: string }[];
}[] {
  return (JSON.parse(stdout) as { statements: ReturnType<typeof statementsOf> }).statements;
}

/** The one check that failed of each statement that did. */
const failures = (run: InProcessRun): (string | undefined)[] =>
  statementsOf(run).flatMap(({ standing, checks }) =>
    standing === 'failed' ? [checks.find(({ ok }) => !ok)?.name] : [],
  );

describe('a registry of npm', () => {
  const purl = 'pkg:npm/gundam-visor@1.0.1';
  const tarball = recorded('gundam-visor.tgz');
  const integrity = `sha512-${Buffer.from(digestHex('sha512', tarball), 'hex').toString('base64')}`;
  const release = {
    name: 'gundam-visor',
    version: '1.0.1',
    repository: { type: 'git', url: 'git+https://github.com/ramonpetgrave64/gundam-visor.git' },
    dist: {
      integrity,
      tarball: 'https://registry.example/gundam-visor/-/gundam-visor-1.0.1.tgz',
      attestations: {},
    },
  };
  const attestations = JSON.parse(recorded('gundam-visor.attestations.json').toString()) as {
    attestations: {
      predicateType: string;
      bundle: { dsseEnvelope: { payload: string; signatures: { sig: string }[] } };
    }[];
  };
  const registry = (version: object, answer: object | undefined): Promise<LocalServer> =>
    serve({ '/gundam-visor/1.0.1': version, '/-/npm/v1/attestations/gundam-visor@1.0.1': answer });

  test('the registry’s and the publisher’s statements are verified offline, and shown as theirs', async () => {
    const { url } = await registry(release, attestations);
    const run = await upstream(purl, '--registry', url);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(firstLine(run)).toBe(
      'Verified: gundam-visor-1.0.1.tgz. 2 statements by others. Held against no rebuild of ours (--rebuild, --comparison).',
    );
    expect(run.stdout).toContain('as the registry says');
    expect(run.stdout).toContain('taken in by its registry; how it was made is not said');
    expect(run.stdout).toContain(
      'they say  https://github.com/actions/runner/github-hosted built this file from https://github.com/ramonpetgrave64/gundam-visor at 599500821344b070902a7a5666064bfdaba715df.',
    );
    expect(run.stdout).toContain(
      'a workflow of https://github.com/ramonpetgrave64/gundam-visor (as the registry says)',
    );
  });

  test('the same for the file itself, asked about under its purl; another file fails', async () => {
    const { url } = await registry(release, attestations);
    await put('gundam-visor-1.0.1.tgz', tarball);
    expect(await upstream('gundam-visor-1.0.1.tgz', '--purl', purl, '--registry', url)).toMatchObject({
      code: 0,
    });
    await put('gundam-visor-1.0.1.tgz', Buffer.concat([tarball, Buffer.of(0)]));
    const other = await upstream(
      'gundam-visor-1.0.1.tgz',
      '--purl',
      purl,
      '--registry',
      url,
      '--format',
      'json',
    );
    expect(other.code).toBe(1);
    expect(failures(other)).toEqual(['subject-digest', 'subject-digest']);
  });

  test.each([
    [
      'a byte of the signature',
      (sig: string) => `${sig.slice(0, 20)}${sig[20] === 'A' ? 'B' : 'A'}${sig.slice(21)}`,
    ],
    ['no signature', () => ''],
  ])('%s changed: not verified, exit 1', async (_what, change) => {
    const changed = structuredClone(attestations);
    for (const { bundle } of changed.attestations)
      for (const signature of bundle.dsseEnvelope.signatures) signature.sig = change(signature.sig);
    const { url } = await registry(release, changed);
    const run = await upstream(purl, '--registry', url);
    expect(run.code).toBe(1);
    expect(firstLine(run)).toBe('NOT verified: gundam-visor-1.0.1.tgz. 2 of 2 statements failed.');
  });

  test('provenance of another repository than the package names is not the publisher’s', async () => {
    const { url } = await registry({ ...release, repository: 'github:somebody/else' }, attestations);
    const run = await upstream(purl, '--registry', url, '--format', 'json');
    expect(run.code).toBe(1);
    expect(failures(run)).toEqual(['identity']);
  });

  test('a registry that names no repository: sound, but nobody says who may speak', async () => {
    const { repository: _repository, ...unnamed } = release;
    const { url } = await registry(unnamed, { attestations: [attestations.attestations[1]] });
    const run = await upstream(purl, '--registry', url);
    expect(run.code).toBe(3);
    expect(firstLine(run)).toContain('nobody says that who signed may speak for it');
    expect(run.stdout).toContain('UNIDENTIFIED');
    const named = ['--signer-repository', 'https://github.com/ramonpetgrave64/gundam-visor'];
    expect((await upstream(purl, '--registry', url, ...named)).code).toBe(0);
    expect((await upstream(purl, '--registry', url, '--signer-repository', 'github:other/one')).code).toBe(1);
  });

  test('nothing there is exit 3; statements that are announced and withheld are exit 5', async () => {
    const { dist } = release;
    const silent = await registry({ ...release, dist: { integrity, tarball: dist.tarball } }, undefined);
    const nothing = await upstream(purl, '--registry', silent.url);
    expect(nothing.code).toBe(3);
    expect(firstLine(nothing)).toBe(
      'Not established: gundam-visor-1.0.1.tgz. Nobody was found to say anything about it.',
    );
    const withheld = await upstream(purl, '--registry', (await registry(release, undefined)).url);
    expect(withheld.code).toBe(5);
    expect(withheld.stdout).toContain('COULD NOT BE ASKED');
  });

  test('bundles of the first format, with the older provenance, are read too', async () => {
    const goggles = recorded('supreme-googles.tgz');
    const { url } = await serve({
      '/@trishankatdatadog%2fsupreme-goggles/1.0.5': {
        name: '@trishankatdatadog/supreme-goggles',
        version: '1.0.5',
        repository: 'github:trishankatdatadog/supreme-goggles',
        dist: {
          integrity: `sha512-${Buffer.from(digestHex('sha512', goggles), 'hex').toString('base64')}`,
          tarball: 'https://registry.example/supreme-goggles-1.0.5.tgz',
        },
      },
      '/-/npm/v1/attestations/@trishankatdatadog%2fsupreme-goggles@1.0.5': recorded(
        'supreme-googles.attestations.json',
      ),
    });
    const run = await upstream(
      'pkg:npm/%40trishankatdatadog/supreme-goggles@1.0.5',
      '--registry',
      url,
      '--format',
      'json',
    );
    expect(run.code).toBe(0);
    expect(statementsOf(run).map(({ claims }) => claims?.source?.['commit'])).toEqual([
      undefined,
      '38ebf99444e033b2f1550c9aaaeacd62d02a12ba',
    ]);
  });
});

describe('an index of Python packages, and GitHub', () => {
  const purl = 'pkg:pypi/pypi-attestations@0.0.19';
  const filename = 'pypi_attestations-0.0.19.tar.gz';
  const sha256 = '9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3';
  const provenance = JSON.parse(recorded('pypi-attestations.provenance.json').toString()) as {
    attestation_bundles: { publisher: Record<string, unknown>; attestations: unknown[] }[];
  };
  const slsa = JSON.parse(recorded('pypi-attestations.slsa.json').toString()) as {
    verification_material: { certificate: string; transparency_entries: unknown[] };
    envelope: { statement: string; signature: string };
  };
  const index = (url: string, file: object = {}) => ({
    meta: { 'api-version': '1.1' },
    name: 'pypi-attestations',
    files: [{ filename, url: `${url}/files/${filename}`, hashes: { sha256 }, ...file }],
  });
  const integrityPath = `/integrity/pypi-attestations/0.0.19/${filename}/provenance`;

  const indexWith = (answer: object | undefined, announced = false): Promise<LocalServer> =>
    serve((url) => ({
      '/simple/pypi-attestations/': index(url, announced ? { provenance: `${url}${integrityPath}` } : {}),
      [integrityPath]: answer,
    }));

  test.each([[true], [false]])(
    'a provenance object is verified, signed by the workflow that the index took the file from (announced: %s)',
    async (announced) => {
      const { url } = await indexWith(provenance, announced);
      const run = await upstream(purl, '--registry', `${url}/simple`);
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(run.stdout).toContain('the file .github/workflows/release.yml');
      expect(run.stdout).toContain('(as the index says)');
    },
  );

  test.each([
    ['another repository', { repository: 'somebody/else' }],
    ['another workflow', { workflow: 'other.yml' }],
    ['another host', { kind: 'GitLab', workflow_filepath: '.github/workflows/release.yml' }],
  ])('taken from %s: the signer is not the publisher, exit 1', async (_what, change) => {
    const changed = structuredClone(provenance);
    for (const one of changed.attestation_bundles) Object.assign(one.publisher, change);
    const { url } = await indexWith(changed);
    const run = await upstream(purl, '--registry', `${url}/simple`, '--format', 'json');
    expect(run.code).toBe(1);
    expect(failures(run)).toEqual(['identity']);
  });

  /** The recorded attestation as the Sigstore bundle that GitHub gives for the same statement. */
  const bundle = {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      certificate: { rawBytes: slsa.verification_material.certificate },
      tlogEntries: slsa.verification_material.transparency_entries,
    },
    dsseEnvelope: {
      payload: slsa.envelope.statement,
      payloadType: 'application/vnd.in-toto+json',
      signatures: [{ sig: slsa.envelope.signature }],
    },
  };
  const repository = 'trailofbits/pypi-attestations';
  const path = `/repos/${repository}/attestations/sha256:${sha256}`;
  const onGithub = (api: LocalServer, ...args: string[]): Promise<InProcessRun> =>
    upstream(purl, '--github', repository, '--github-api', api.url, ...args);

  test.each([
    ['in the answer', () => ({ [path]: { attestations: [{ bundle, repository_id: 1 }] } })],
    [
      'beside it, compressed',
      (own: string) => ({
        [path]: { attestations: [{ bundle: null, bundle_url: `${own}/blob` }] },
        '/blob': { body: snappyLiterals(Buffer.from(JSON.stringify(bundle))), type: 'application/x-snappy' },
      }),
    ],
  ])(
    'a bundle on GitHub, %s: signed by a workflow of the repository that was asked',
    async (_where, answers) => {
      const { url } = await indexWith(undefined);
      const run = await onGithub(await serve(answers), '--registry', `${url}/simple`, '--format', 'json');
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(statementsOf(run)).toMatchObject([
        {
          standing: 'verified',
          claims: {
            kind: 'provenance',
            source: { repository: 'https://github.com/trailofbits/pypi-attestations' },
          },
        },
      ]);
    },
  );

  test('an answer that leads into this network is not followed, and is no silence: exit 5', async () => {
    const { url } = await indexWith(undefined);
    const inside = await serve({ '/blob': Buffer.from(JSON.stringify(bundle)) });
    const api = await serve({
      [path]: { attestations: [{ bundle: null, bundle_url: `${inside.url}/blob` }] },
    });
    const run = await onGithub(api, '--registry', `${url}/simple`);
    expect(run.code).toBe(5);
    expect(run.stdout).toContain('is no public host');
    expect(inside.asked).toEqual([]);
  });

  test('a bundle of another repository in the answer is not of the one that was asked', async () => {
    const { url } = await indexWith(undefined);
    const other = `/repos/somebody/else/attestations/sha256:${sha256}`;
    const api = await serve({ [other]: { attestations: [{ bundle }] } });
    const places = ['--registry', `${url}/simple`, '--github', 'somebody/else', '--github-api', api.url];
    const run = await upstream(purl, ...places, '--format', 'json');
    expect(run.code).toBe(1);
    expect(failures(run)).toEqual(['identity']);
  });
});

describe('another rebuilder, in the layout of oss-rebuild', () => {
  const purl = 'pkg:pypi/idna@3.20';
  const file = 'idna-3.20-py3-none-any.whl';
  const sha256 = digestHex('sha256', wheelBytes);
  const theirSha256 = digestHex('sha256', Buffer.from('what they built'));
  let theirs: KeySigner;
  let ours: KeySigner;

  beforeEach(async () => {
    [theirs, ours] = await Promise.all([freshSigner(), freshSigner()]);
    await put(file, wheelBytes);
    await put('theirs.pub', theirs.publicKeyPem);
    await put('ours.pub', ours.publicKeyPem);
  });

  const predicate = (buildType: string, resolvedDependencies: object[]): object => ({
    buildDefinition: { buildType, externalParameters: {}, resolvedDependencies },
    runDetails: {
      builder: { id: 'https://docs.oss-rebuild.dev/hosts/Google' },
      metadata: { invocationId: '1' },
    },
  });

  /** Two envelopes, one a line, each signed by their key under a name of a key-management service. */
  async function lines(rebuilt: string, signer = theirs): Promise<Buffer> {
    const statements = [
      {
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: file, digest: { sha256 } }],
        predicateType: 'https://slsa.dev/provenance/v1',
        predicate: predicate('https://docs.oss-rebuild.dev/builds/ArtifactEquivalence@v0.1', [
          { name: `rebuild/${file}`, digest: { sha256: rebuilt } },
          { name: 'https://files.example/idna', digest: { sha256 } },
        ]),
      },
      {
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: `rebuild/${file}`, digest: { sha256: rebuilt } }],
        predicateType: 'https://slsa.dev/provenance/v1',
        predicate: predicate('https://docs.oss-rebuild.dev/builds/Rebuild@v0.1', [
          { name: 'git+https://github.com/kjd/idna', digest: { sha1: 'a'.repeat(40) } },
        ]),
      },
    ];
    const envelopes = await Promise.all(statements.map((statement) => signedJson(statement, signer)));
    return Buffer.from(
      envelopes
        .map((bytes) => JSON.parse(bytes.toString()) as { dsseEnvelope: { signatures: object[] } })
        .map(({ dsseEnvelope }) => ({
          ...dsseEnvelope,
          signatures: dsseEnvelope.signatures.map((one) => ({ ...one, keyid: 'gcpkms://projects/x' })),
        }))
        .map((envelope) => `${JSON.stringify(envelope)}\n`)
        .join(''),
    );
  }

  /** Asks a store that holds `body`, and no registry knows the package. */
  async function ask(body: Uint8Array, ...args: string[]): Promise<InProcessRun> {
    const store = await serve({ [`/pypi/idna/3.20/${file}/rebuild.intoto.jsonl`]: body });
    const registry = await serve({});
    const places = ['--registry', `${registry.url}/simple`, '--rebuilder', store.url];
    return upstream(file, '--purl', purl, ...places, '--key', 'theirs.pub', '--key', 'ours.pub', ...args);
  }

  const agreements = (run: InProcessRun): Record<string, string> =>
    Object.fromEntries(
      statementsOf(run).flatMap(({ comparisons }) =>
        comparisons.map(({ claim, agreement }) => [claim, agreement]),
      ),
    );

  test('the same bytes by both: it agrees; an sdist says nothing of their commit, so that is no agreement', async () => {
    await put('ours.json', await signed(comparisonStatement(reproduced, by), ours));
    const run = await ask(await lines(sha256), '--comparison', 'ours.json', '--format', 'json');
    expect(run.code).toBe(0);
    expect(agreements(run)).toEqual({
      artifact: 'agrees',
      builder: 'agrees',
      verdict: 'agrees',
      repository: 'not-comparable',
      commit: 'not-comparable',
    });
  });

  test('their output is another file, and the same only after their normalisation: not comparable to bit for bit', async () => {
    await put('ours.json', await signed(comparisonStatement(reproduced, by), ours));
    const run = await ask(await lines(theirSha256), '--comparison', 'ours.json', '--format', 'json');
    expect(run.code).toBe(0);
    expect(statementsOf(run).map(({ standing, claims }) => [standing, claims?.kind])).toEqual([
      ['verified', 'equivalence'],
      ['verified', 'rebuild'],
    ]);
    expect(agreements(run)['verdict']).toBe('not-comparable');
  });

  test('we found a difference where they found none: a contradiction, exit 1, first thing that is said', async () => {
    await put('ours.json', await signed(comparisonStatement(different, by), ours));
    const run = await ask(await lines(sha256), '--comparison', 'ours.json');
    expect(run.code).toBe(1);
    expect(firstLine(run)).toBe(
      `CONTRADICTED: ${file}. One rebuilder found the published contents, the other did not.`,
    );
  });

  test('a statement about an output that no verified equivalence ties to the file fails', async () => {
    const [, rebuild = ''] = (await lines(theirSha256)).toString().split('\n');
    const run = await ask(Buffer.from(`${rebuild}\n`), '--format', 'json');
    expect(run.code).toBe(1);
    expect(failures(run)).toEqual(['subject-digest']);
  });

  test('an equivalence by one key ties no output of another key', async () => {
    const stranger = await freshSigner();
    await put('stranger.pub', stranger.publicKeyPem);
    const [equivalence = ''] = (await lines(theirSha256, stranger)).toString().split('\n');
    const [, rebuild = ''] = (await lines(theirSha256)).toString().split('\n');
    const run = await ask(
      Buffer.from(`${equivalence}\n${rebuild}\n`),
      '--key',
      'stranger.pub',
      '--format',
      'json',
    );
    expect(statementsOf(run).map(({ standing }) => standing)).toEqual(['verified', 'failed']);
  });

  test('a key that was not given verifies nothing', async () => {
    const run = await ask(await lines(sha256, await freshSigner()));
    expect(run.code).toBe(1);
    expect(firstLine(run)).toBe(`NOT verified: ${file}. 2 of 2 statements failed.`);
  });

  test('a comparison that is not verified is held against nothing: exit 1', async () => {
    await put('ours.json', await signed(comparisonStatement(reproduced, by), await freshSigner()));
    const run = await ask(await lines(sha256), '--comparison', 'ours.json');
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain('is not verified');
  });

  test('a store that does not answer is no silence: exit 5', async () => {
    const registry = await serve({});
    const gone = await serve({});
    await gone.close();
    const run = await upstream(file, '--purl', purl, '--registry', registry.url, '--rebuilder', gone.url);
    expect(run.code).toBe(5);
    expect(firstLine(run)).toBe(`Not established: ${file}. Not everybody could be asked.`);
  }, 30_000);
});

const by = { builder, level: 'SLSA_BUILD_LEVEL_1' as const, facts: [] };
