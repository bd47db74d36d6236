import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoredToken } from '#services/identity/token-store.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { submitPurl } from '#test/harness/api/supplied-request.ts';

describe('/v1/tokens', () => {
  let api: ApiServer;
  let admin: string;
  beforeAll(async () => {
    api = await ApiServer.start();
    admin = api.machineToken('admin');
  });
  afterAll(() => api[Symbol.asyncDispose]());
  const create = (json: unknown, token = admin) => api.request('POST', '/v1/tokens', { token, json });

  it('201: shows the token once, and keeps only its hash', async () => {
    const response = await create({ name: 'release', scope: 'submitter', expiresInDays: 7 });
    const { token, ...stored } = (await response.json()) as StoredToken & { token: string };
    expect([response.status, response.headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(token).toMatch(/^assay_submitter_[A-Za-z0-9_-]{43}$/);
    expect(StoredToken.parse(stored)).toMatchObject({ name: 'release', createdBy: 'token:admin' });
    expect(Date.parse(stored.expiresAt)).toBe(api.now + 7 * 24 * 3600 * 1000);
    expect(api.tokens.dump()).not.toContain(token);
    const list = await (await api.request('GET', '/v1/tokens', { token: admin })).text();
    expect(list).toContain('release');
    expect(list).not.toContain(token);
    expect(await submitPurl(api, token)).toBeTypeOf('string');
  });

  it('204: a revoked token ends at once; 404 the second time', async () => {
    const { id, token } = (await (await create({ name: 'gone', scope: 'submitter' })).json()) as {
      id: string;
      token: string;
    };
    expect((await api.request('GET', '/v1/rebuilds', { token })).status).toBe(200);
    expect((await api.request('DELETE', `/v1/tokens/${id}`, { token: admin })).status).toBe(204);
    await expectProblem(await api.request('GET', '/v1/rebuilds', { token }), 'unauthenticated');
    await expectProblem(await api.request('DELETE', `/v1/tokens/${id}`, { token: admin }), 'not-found');
    await expectProblem(
      await api.request('DELETE', `/v1/tokens/${randomUUID()}`, { token: admin }),
      'not-found',
    );
  });

  it('401: an expired token', async () => {
    await using later = await ApiServer.start();
    const token = await later.createToken('ci');
    later.advance(91 * 24 * 3600);
    await expectProblem(await later.request('GET', '/v1/rebuilds', { token }), 'unauthenticated');
  });

  it('403: a submitter neither creates, lists nor revokes; 401: nor does nobody', async () => {
    const token = await api.createToken('submitter');
    const json = { name: 'more', scope: 'admin' };
    for (const [method, path] of [
      ['POST', '/v1/tokens'],
      ['GET', '/v1/tokens'],
      ['DELETE', `/v1/tokens/${randomUUID()}`],
    ] as const) {
      const body = method === 'POST' ? { json } : {};
      await expectProblem(await api.request(method, path, { token, ...body }), 'forbidden');
      await expectProblem(await api.request(method, path, body), 'unauthenticated');
    }
  });

  it('409: a name that is in use, which would share its rebuilds', async () => {
    await create({ name: 'twice', scope: 'submitter' });
    await expectProblem(await create({ name: 'twice', scope: 'submitter' }), 'conflict');
  });

  it('400: the operator’s name, a machine’s scope, or a life of more than a year', async () => {
    for (const json of [
      { name: 'admin', scope: 'admin' },
      { name: 'x', scope: 'gateway' },
      { name: 'x', scope: 'submitter', expiresInDays: 367 },
      { name: 'has space', scope: 'submitter' },
    ])
      await expectProblem(await create(json), 'invalid-request');
  });

  it('a stored admin may create tokens too', async () => {
    const other = await api.createToken('second-admin', 'admin');
    expect((await create({ name: 'by-second', scope: 'submitter' }, other)).status).toBe(201);
  });
});
