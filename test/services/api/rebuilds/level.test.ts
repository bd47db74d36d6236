import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LevelReport } from '#schemas/level-report.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { submitPurl, submitSupplied } from '#test/harness/api/supplied-request.ts';
import { levelReport } from '#test/harness/samples/level-report.ts';

describe('GET /v1/rebuilds/{id}/level', () => {
  let api: ApiServer;
  let token: string;
  beforeAll(async () => {
    api = await ApiServer.start();
    token = await api.createToken('ci');
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it('200: anybody reads the facts of a public one', async () => {
    const id = await submitPurl(api, token);
    api.plane.levels.set(id, { ...levelReport, rebuild: id });
    const response = await api.request('GET', `/v1/rebuilds/${id}/level`);
    expect(response.status).toBe(200);
    expect(LevelReport.parse(await response.json())).toEqual({ ...levelReport, rebuild: id });
    expect(response.headers.get('cache-control')).toBe('public, no-cache');
  });

  it('404: nothing was stated yet, there is none, or it is private', async () => {
    await expectProblem(
      await api.request('GET', `/v1/rebuilds/${await submitPurl(api, token)}/level`),
      'not-found',
    );
    await expectProblem(await api.request('GET', `/v1/rebuilds/${randomUUID()}/level`), 'not-found');
    const id = await submitSupplied(api, token, 'private thing');
    api.plane.levels.set(id, { ...levelReport, rebuild: id });
    await expectProblem(await api.request('GET', `/v1/rebuilds/${id}/level`), 'not-found');
    expect((await api.request('GET', `/v1/rebuilds/${id}/level`, { token })).status).toBe(200);
  });

  it('400: an id that is none; 401: a token that is not known', async () => {
    await expectProblem(await api.request('GET', '/v1/rebuilds/none/level'), 'invalid-request');
    const id = await submitPurl(api, token);
    await expectProblem(
      await api.request('GET', `/v1/rebuilds/${id}/level`, { token: 'assay_submitter_made-up' }),
      'unauthenticated',
    );
  });
});
