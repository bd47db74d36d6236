import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { sha256Of, submitPurl, submitSupplied } from '#test/harness/api/supplied-request.ts';

describe('what only a submitter may do with a rebuild', () => {
  let api: ApiServer;
  let token: string;
  let other: string;
  beforeAll(async () => {
    api = await ApiServer.start();
    [token, other] = [await api.createToken('ci'), await api.createToken('other')];
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it('DELETE 200: cancels, and the verdict says so', async () => {
    const id = await submitPurl(api, token);
    const response = await api.request('DELETE', `/v1/rebuilds/${id}`, { token });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ verdict: 'inconclusive', reason: 'cancelled' });
  });

  it('DELETE 409: where there is a verdict already', async () => {
    const id = await submitPurl(api, token);
    await api.request('DELETE', `/v1/rebuilds/${id}`, { token });
    await expectProblem(await api.request('DELETE', `/v1/rebuilds/${id}`, { token }), 'conflict');
  });

  it('DELETE 401, 403, 404: nobody, somebody else, and what is not there', async () => {
    const id = await submitPurl(api, token);
    await expectProblem(await api.request('DELETE', `/v1/rebuilds/${id}`), 'unauthenticated');
    await expectProblem(await api.request('DELETE', `/v1/rebuilds/${id}`, { token: other }), 'forbidden');
    const hidden = await submitSupplied(api, token, 'hidden');
    await expectProblem(await api.request('DELETE', `/v1/rebuilds/${hidden}`, { token: other }), 'not-found');
  });

  it('publish 200: then anybody reads the rebuild and its artifact', async () => {
    const id = await submitSupplied(api, token, 'to be published');
    const object = `/v1/objects/sha256:${sha256Of('to be published')}`;
    await expectProblem(await api.request('GET', object), 'not-found');
    const response = await api.request('POST', `/v1/rebuilds/${id}/publish`, { token });
    expect(await response.json()).toMatchObject({ rebuild: { visibility: 'public' } });
    expect((await api.request('GET', `/v1/rebuilds/${id}`)).status).toBe(200);
    expect(await (await api.request('GET', object)).text()).toBe('to be published');
  });

  it('publish 401, 404: nobody and somebody else', async () => {
    const id = await submitSupplied(api, token, 'kept');
    await expectProblem(await api.request('POST', `/v1/rebuilds/${id}/publish`), 'unauthenticated');
    await expectProblem(
      await api.request('POST', `/v1/rebuilds/${id}/publish`, { token: other }),
      'not-found',
    );
  });
});
