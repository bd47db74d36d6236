import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lookup } from '#schemas/rebuild.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { sha256Of, submitPurl, submitSupplied } from '#test/harness/api/supplied-request.ts';

const reproduced = { kind: 'reproduced', retryable: false, detail: 'The same, bit for bit.' } as const;

describe('GET /v1/verdicts', () => {
  let api: ApiServer;
  let token: string;
  const digest = { sha256: sha256Of('idna wheel') };
  beforeAll(async () => {
    api = await ApiServer.start();
    token = await api.createToken('ci');
    const id = await submitPurl(api, token, 'pkg:pypi/idna@3.20');
    const rebuild = api.plane.rebuildStates.get(id);
    api.plane.rebuildStates.change(rebuild, {
      artifact: { purl: 'pkg:pypi/idna@3.20', file: 'idna.whl', digest, size: 10 },
    });
    api.plane.conclude(id, reproduced);
    await submitPurl(api, token, 'pkg:pypi/pending@1');
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it('200: answers by purl, however it is written, to anybody, for a minute', async () => {
    const response = await api.request('GET', '/v1/verdicts?purl=pkg%3APyPI%2FIDNA%403.20');
    expect(Lookup.parse(await response.json())).toMatchObject({
      verdict: 'reproduced',
      query: { purl: 'pkg:pypi/idna@3.20' },
    });
    expect(response.headers.get('cache-control')).toBe('public, max-age=60');
  });

  it('200: answers by digest, with the colon as it is or escaped', async () => {
    for (const path of [`sha256:${digest.sha256}`, `sha256%3A${digest.sha256}`]) {
      const response = await api.request('GET', `/v1/verdicts/${path}`);
      expect(await response.json()).toMatchObject({ verdict: 'reproduced', query: digest });
    }
  });

  it('200: what is pending or unknown is an answer, which no cache keeps', async () => {
    const asked = async (path: string) => {
      const response = await api.request('GET', path);
      expect(response.headers.get('cache-control')).toBe('public, no-cache');
      return ((await response.json()) as Lookup).verdict;
    };
    expect(await asked('/v1/verdicts?purl=pkg:pypi/pending@1')).toBe('pending');
    expect(await asked('/v1/verdicts?purl=pkg:pypi/never@1')).toBe('unknown');
    expect(await asked(`/v1/verdicts/sha256:${'0'.repeat(64)}`)).toBe('unknown');
  });

  it('shows the verdict of a supplied recipe apart, and only to who may see it', async () => {
    const id = await submitSupplied(api, token, 'supplied thing');
    api.plane.conclude(id, reproduced);
    const path = `/v1/verdicts/sha256:${sha256Of('supplied thing')}`;
    const own = await api.request('GET', path, { token });
    expect(await own.json()).toMatchObject({ verdict: 'unknown', supplied: [{ verdict: 'reproduced' }] });
    expect(own.headers.get('cache-control')).toBe('private, no-cache');
    expect(await (await api.request('GET', path)).json()).toMatchObject({ supplied: [] });
  });

  it('400: no purl, one that cannot be read, and a digest that is none', async () => {
    await expectProblem(await api.request('GET', '/v1/verdicts'), 'invalid-request');
    await expectProblem(await api.request('GET', '/v1/verdicts?purl=pkg:pypi'), 'invalid-purl');
    for (const digestText of ['sha512:00', `sha256:${'A'.repeat(64)}`, `sha256:${'0'.repeat(65)}`, '..%2f..'])
      await expectProblem(await api.request('GET', `/v1/verdicts/${digestText}`), 'invalid-request');
  });
});
