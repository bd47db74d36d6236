import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RebuildResult } from '#schemas/rebuild.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { submitPurl, submitSupplied } from '#test/harness/api/supplied-request.ts';
import { waitUntilWaiting } from '#test/harness/api/wait-until-waiting.ts';

const reproduced = { kind: 'reproduced', retryable: false, detail: 'The same, bit for bit.' } as const;

describe('GET /v1/rebuilds/{id}', () => {
  let api: ApiServer;
  let token: string;
  beforeAll(async () => {
    api = await ApiServer.start();
    token = await api.createToken('ci');
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it('200: anybody reads a public one, which caches may share but must ask about', async () => {
    const id = await submitPurl(api, token);
    const response = await api.request('GET', `/v1/rebuilds/${id}`);
    expect(response.status).toBe(200);
    expect(RebuildResult.parse(await response.json()).rebuild.id).toBe(id);
    expect(response.headers.get('cache-control')).toBe('public, no-cache');
    expect(response.headers.get('vary')).toBe('Authorization');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('304: the revision that is known already; 200 once it has changed', async () => {
    const id = await submitPurl(api, token);
    const etag = (await api.request('GET', `/v1/rebuilds/${id}`)).headers.get('etag') ?? '';
    const headers = { 'if-none-match': `"other", W/${etag}` };
    const same = await api.request('GET', `/v1/rebuilds/${id}`, { headers });
    expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', etag]);
    api.plane.conclude(id, reproduced);
    expect((await api.request('GET', `/v1/rebuilds/${id}`, { headers })).status).toBe(200);
  });

  it('404: one that is private is as good as absent to others', async () => {
    const id = await submitSupplied(api, token, 'private thing');
    await expectProblem(await api.request('GET', `/v1/rebuilds/${id}`), 'not-found');
    await expectProblem(await api.request('GET', `/v1/rebuilds/${randomUUID()}`), 'not-found');
    const own = await api.request('GET', `/v1/rebuilds/${id}`, { token });
    expect([own.status, own.headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
  });

  it('400: an id that is none', async () => {
    await expectProblem(await api.request('GET', '/v1/rebuilds/..%2f..%2fetc'), 'invalid-request');
  });

  it('401: a token that is not known is refused, not taken for nobody', async () => {
    const id = await submitPurl(api, token);
    await expectProblem(
      await api.request('GET', `/v1/rebuilds/${id}`, { token: 'assay_submitter_made-up' }),
      'unauthenticated',
    );
  });

  it('waits for the verdict with Prefer: wait, through changes that are none', async () => {
    const id = await submitPurl(api, token);
    const answer = api.request('GET', `/v1/rebuilds/${id}`, { headers: { prefer: 'wait=30' } });
    await waitUntilWaiting(api);
    api.plane.rebuildStates.change(api.plane.rebuildStates.get(id), { detail: 'Further on.' });
    await waitUntilWaiting(api);
    api.plane.conclude(id, reproduced);
    const response = await answer;
    expect(response.headers.get('preference-applied')).toBe('wait=30');
    expect(await response.json()).toMatchObject({ verdict: 'reproduced' });
  });

  it('waits for any change where If-None-Match says what is known', async () => {
    const id = await submitPurl(api, token);
    const etag = (await api.request('GET', `/v1/rebuilds/${id}`)).headers.get('etag') ?? '';
    const answer = api.request('GET', `/v1/rebuilds/${id}`, {
      headers: { prefer: 'wait=30', 'if-none-match': etag },
    });
    await waitUntilWaiting(api);
    api.plane.rebuildStates.change(api.plane.rebuildStates.get(id), { detail: 'Further on.' });
    expect(await (await answer).json()).toMatchObject({ verdict: 'pending', detail: 'Further on.' });
  });

  it('answers with what there is when the wait is over', async () => {
    await using impatient = await ApiServer.start({ limits: { waitSecondsMax: 0 } });
    const id = await submitPurl(impatient, await impatient.createToken('ci'));
    const response = await impatient.request('GET', `/v1/rebuilds/${id}`, {
      headers: { prefer: 'wait=600' },
    });
    expect(response.headers.get('preference-applied')).toBe('wait=0');
    expect(await response.json()).toMatchObject({ verdict: 'pending' });
  });

  it('429: one caller cannot hold more waits than allowed, and gets them back', async () => {
    await using small = await ApiServer.start({ limits: { streamsPerCallerMax: 1 } });
    const id = await submitPurl(small, await small.createToken('ci'));
    const wait = () => small.request('GET', `/v1/rebuilds/${id}`, { headers: { prefer: 'wait=30' } });
    const first = wait();
    await waitUntilWaiting(small);
    await expectProblem(await wait(), 'rate-limited');
    small.plane.conclude(id, reproduced);
    expect((await first).status).toBe(200);
    expect((await wait()).status).toBe(200);
  });
});
