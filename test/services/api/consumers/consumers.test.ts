import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { sha256Of, submitPurl, submitSupplied } from '#test/harness/api/supplied-request.ts';

const bundleOf = (name: string) => ({
  mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  dsseEnvelope: { payload: Buffer.from(name).toString('base64'), signatures: [{ sig: 'AA==' }] },
});

describe('what is public, in the shapes of other tools', () => {
  let api: ApiServer;
  let token: string;
  const subject = sha256Of('idna wheel');
  const secret = sha256Of('secret thing');

  const attest = (id: string, about: string, predicateType: string, name: string) =>
    api.plane.rebuildStates
      .get(id)
      .bundles.push({ predicateType, digest: sha256Of(name), subject: about, bundle: bundleOf(name) });

  beforeAll(async () => {
    api = await ApiServer.start();
    token = await api.createToken('ci');
    const id = await submitPurl(api, token);
    const rebuild = api.plane.rebuildStates.get(id);
    const purls = { purl: 'pkg:pypi/idna@3.20', file: 'idna-3.20-py3-none-any.whl' };
    api.plane.rebuildStates.change(rebuild, {
      verdict: 'reproduced',
      artifact: { ...purls, digest: { sha256: subject }, size: 10 },
    });
    attest(id, subject, provenancePredicateType, 'provenance');
    attest(id, subject, comparisonPredicateType, 'comparison');
    attest(await submitSupplied(api, token, 'secret thing'), secret, comparisonPredicateType, 'private');
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const about = (sha256: string) => [
    `/v1/artifacts/sha256:${sha256}/attestations.intoto.jsonl`,
    `/repos/octo/thing/attestations/sha256:${sha256}`,
    `/orgs/octo/attestations/sha256:${sha256}`,
    `/api/v3/repos/octo/thing/attestations/sha256:${sha256}`,
    `/api/v3/orgs/octo/attestations/sha256:${sha256}`,
  ];

  it.each(about(subject))(
    '200: %s is anonymous, shared by caches for a minute, with an ETag',
    async (path) => {
      const first = await api.request('GET', path);
      expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'public, max-age=60']);
      const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
      expect((await api.request('GET', path, { headers })).status).toBe(304);
    },
  );

  it.each(about(secret))('404: %s tells nothing private, not even to its submitter', async (path) => {
    const stranger = await expectProblem(await api.request('GET', path), 'nothing-to-verify');
    const owner = await expectProblem(await api.request('GET', path, { token }), 'nothing-to-verify');
    expect(owner.detail).toBe(stranger.detail);
  });

  it('JSON Lines have one bundle on each line, or its envelope alone', async () => {
    const [path = ''] = about(subject);
    const lines = async (query: string): Promise<unknown[]> => {
      const response = await api.request('GET', `${path}${query}`);
      expect(response.headers.get('content-type')).toBe('application/jsonl');
      const text = await response.text();
      expect(text.endsWith('\n')).toBe(true);
      return text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    };
    const bundles = [bundleOf('provenance'), bundleOf('comparison')];
    expect(await lines('')).toEqual(bundles);
    expect(await lines('?content=envelope')).toEqual(bundles.map(({ dsseEnvelope }) => dsseEnvelope));
  });

  it('the two forms of JSON Lines have different ETags', async () => {
    const [path = ''] = about(subject);
    const etag = async (query: string) => (await api.request('GET', `${path}${query}`)).headers.get('etag');
    expect(await etag('?content=envelope')).not.toBe(await etag(''));
  });

  it('a repository’s attestations are chosen by predicate type, in full or by its short name, and bounded', async () => {
    const [, path = ''] = about(subject);
    const all = await (await api.request('GET', path)).json();
    expect(all).toEqual({
      attestations: [{ bundle: bundleOf('provenance') }, { bundle: bundleOf('comparison') }],
    });
    const chosen = { attestations: [{ bundle: bundleOf('provenance') }] };
    for (const query of [
      '?predicate_type=provenance',
      `?predicate_type=${encodeURIComponent(provenancePredicateType)}`,
      '?per_page=1',
    ])
      expect(await (await api.request('GET', `${path}${query}`)).json()).toEqual(chosen);
    await expectProblem(await api.request('GET', `${path}?predicate_type=sbom`), 'nothing-to-verify');
    await expectProblem(await api.request('GET', `${path}?per_page=1000`), 'invalid-request');
  });

  it('a package’s attestations are found by name and version, with and without a scope', async () => {
    for (const [purl, file, paths] of [
      ['pkg:npm/left-pad@1.3.0', 'left-pad', ['left-pad@1.3.0']],
      ['pkg:npm/%40octo/thing@2.0.0', 'thing', ['@octo%2fthing@2.0.0', '@octo/thing@2.0.0']],
    ] as const) {
      const rebuild = api.plane.rebuildStates.get(await submitPurl(api, token));
      const sha256 = sha256Of(file);
      api.plane.rebuildStates.change(rebuild, {
        verdict: 'reproduced',
        artifact: { purl, file: `${file}.tgz`, digest: { sha256 }, size: 1 },
      });
      attest(rebuild.result.rebuild.id, sha256, comparisonPredicateType, file);
      for (const path of paths) {
        const response = await api.request('GET', `/-/npm/v1/attestations/${path}`);
        expect(await response.json()).toEqual({
          attestations: [{ predicateType: comparisonPredicateType, bundle: bundleOf(file) }],
        });
      }
    }
    await expectProblem(
      await api.request('GET', '/-/npm/v1/attestations/left-pad@9.9.9'),
      'nothing-to-verify',
    );
    await expectProblem(await api.request('GET', '/-/npm/v1/attestations/left-pad'), 'invalid-request');
  });

  it('404: the provenance of a private file has the same answer as one that is unknown', async () => {
    const path = (file: string) => `/integrity/thing/1.0/${file}/provenance`;
    for (const file of ['thing.tar.gz', 'unheard-of.tar.gz'])
      await expectProblem(await api.request('GET', path(file), { token }), 'nothing-to-verify');
  });
});
