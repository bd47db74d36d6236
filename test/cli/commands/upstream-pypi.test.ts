import { beforeEach, describe, expect, test } from 'vitest';
import type { InProcessRun } from '#test/harness/cli/run-in-process.ts';
import { recorded, snappyLiterals } from '#test/harness/upstream/recorded.ts';
import { failures, freshFolder, statementsOf, upstream } from '#test/harness/upstream/run-upstream.ts';
import { serve } from '#test/harness/upstream/serve.ts';
import type { LocalServer } from '#test/workers/ecosystems/local-server.ts';

beforeEach(freshFolder);

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
