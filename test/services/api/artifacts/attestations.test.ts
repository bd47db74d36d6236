import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparisonPredicateType } from '#schemas/predicate-types.ts';
import { Attestations } from '#services/api/components.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { sha256Of, submitPurl, submitSupplied } from '#test/harness/api/supplied-request.ts';

describe('GET /v1/artifacts/{digest}/attestations', () => {
  let api: ApiServer;
  let token: string;
  const subject = sha256Of('idna wheel');
  const path = `/v1/artifacts/sha256:${subject}/attestations`;
  const attest = (id: string, about: string, name: string) =>
    api.plane.rebuildStates.get(id).bundles.push({
      predicateType: comparisonPredicateType,
      digest: sha256Of(name),
      subject: about,
      bundle: { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json', name },
    });
  beforeAll(async () => {
    api = await ApiServer.start();
    token = await api.createToken('ci');
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it('404: nothing is told apart from a pass, by its own code', async () => {
    await expectProblem(await api.request('GET', path), 'nothing-to-verify');
  });

  it('200: gives the bundles, newest first; a later one is not hidden by what a cache keeps', async () => {
    attest(await submitPurl(api, token), subject, 'first');
    const first = await api.request('GET', path);
    expect(first.headers.get('cache-control')).toBe('public, max-age=60');
    const etag = first.headers.get('etag') ?? '';
    const headers = { 'if-none-match': etag };
    expect((await api.request('GET', path, { headers })).status).toBe(304);

    attest(await submitPurl(api, token), subject, 'second');
    const second = await api.request('GET', path, { headers });
    const { attestations } = Attestations.parse(await second.json());
    expect(attestations.map(({ digest }) => digest)).toEqual([sha256Of('second'), sha256Of('first')]);
    expect(attestations[0]?.bundle).toMatchObject({ name: 'second' });
  });

  it('shows bundles about a private artifact to its submitter alone', async () => {
    const id = await submitSupplied(api, token, 'secret thing');
    const secret = sha256Of('secret thing');
    attest(id, secret, 'third');
    const about = `/v1/artifacts/sha256:${secret}/attestations`;
    await expectProblem(await api.request('GET', about), 'nothing-to-verify');
    const own = await api.request('GET', about, { token });
    expect([own.status, own.headers.get('cache-control')]).toEqual([200, 'private, max-age=60']);
  });
});
