import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Summary } from '#services/api/components.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { submitPurl, submitSupplied } from '#test/harness/api/supplied-request.ts';

const policy = {
  schemaVersion: 1,
  name: 'release',
  signers: [
    {
      operator: 'Us',
      key: { hint: `${'A'.repeat(43)}=` },
      builderIds: ['https://rebuilder.example/embedded/v1/bubblewrap'],
    },
  ],
};

describe('POST /v1/rebuilds/{id}/summaries', () => {
  let api: ApiServer;
  let token: string;
  let id: string;
  const ask = (rebuild: string, json: unknown, as: string | undefined = token) =>
    api.request('POST', `/v1/rebuilds/${rebuild}/summaries`, {
      json,
      ...(as === undefined ? {} : { token: as }),
    });

  beforeAll(async () => {
    api = await ApiServer.start();
    token = await api.createToken('ci');
    id = await submitPurl(api, token);
    api.plane.conclude(id, { kind: 'reproduced', retryable: false, detail: 'The same bytes.' });
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it('202: is told with the rebuild, and asked for twice it is one', async () => {
    const response = await ask(id, { policy });
    expect([response.status, response.headers.get('location')]).toEqual([202, `/v1/rebuilds/${id}`]);
    const summary = Summary.parse(await response.json());
    expect(summary).toMatchObject({ state: 'pending', policy: { name: 'release' } });
    expect(await (await ask(id, { policy })).json()).toEqual(summary);
    const rebuild = await (await api.request('GET', `/v1/rebuilds/${id}`)).json();
    expect(rebuild).toMatchObject({ summaries: [summary] });
  });

  it('400: a policy with a member that is not known, or with none that is needed', async () => {
    await expectProblem(await ask(id, { policy: { ...policy, accepts: [] } }), 'invalid-request');
    await expectProblem(await ask(id, { policy: { schemaVersion: 1 } }), 'invalid-request');
    await expectProblem(await ask(id, policy), 'invalid-request');
  });

  it('401: needs a token', async () => {
    await expectProblem(
      await api.request('POST', `/v1/rebuilds/${id}/summaries`, { json: { policy } }),
      'unauthenticated',
    );
  });

  it('404: a private rebuild of somebody else’s', async () => {
    const secret = await submitSupplied(api, token, 'secret');
    const stranger = await api.createToken('stranger');
    await expectProblem(await ask(secret, { policy }, stranger), 'not-found');
  });

  it('409: a rebuild without a verdict has nothing to be held against a policy', async () => {
    await expectProblem(await ask(await submitPurl(api, token, 'pkg:pypi/open@1'), { policy }), 'conflict');
  });
});
