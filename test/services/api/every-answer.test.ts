import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { submitPurl } from '#test/harness/api/supplied-request.ts';

describe('every answer', () => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await ApiServer.start();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it('404: a route that is not there is a problem', async () => {
    for (const path of ['/', '/v1', '/v2/rebuilds', '/v1/rebuilds/', '/internal', '/v1/verdicts:other'])
      await expectProblem(await api.request('GET', path), 'not-found');
  });

  it('405: names the methods that are supported, on every kind of path', async () => {
    const allowed = async (method: string, path: string) => {
      const response = await api.request(method, path);
      await expectProblem(response, 'method-not-allowed');
      return response.headers.get('allow');
    };
    expect(await allowed('PUT', '/v1/rebuilds')).toBe('GET, HEAD, OPTIONS, POST');
    expect(await allowed('PATCH', '/v1/rebuilds/x')).toBe('DELETE, GET, HEAD, OPTIONS');
    expect(await allowed('GET', '/v1/verdicts:batch')).toBe('OPTIONS, POST');
    expect(await allowed('POST', '/v1/verdicts/sha256:00')).toBe('GET, HEAD, OPTIONS');
    expect(await allowed('GET', '/internal/jobs/x/claim')).toBe('OPTIONS, POST');
    expect(await allowed('DELETE', '/healthz')).toBe('GET, HEAD, OPTIONS');
  });

  it('carries a request id: the caller’s where it is harmless, else one of ours', async () => {
    const id = async (given: string) =>
      (await api.request('GET', '/healthz', { headers: { 'x-request-id': given } })).headers.get(
        'x-request-id',
      );
    expect(await id('ci-42.a_b')).toBe('ci-42.a_b');
    for (const given of ['a b', '<script>', 'x'.repeat(65)])
      expect(await id(given)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('lets pages of any origin read without a login, and do nothing else', async () => {
    const preflight = async (path: string, method: string) => {
      const response = await api.request('OPTIONS', path, {
        headers: { origin: 'https://example.org', 'access-control-request-method': method },
      });
      expect(response.status).toBe(204);
      return {
        methods: response.headers.get('access-control-allow-methods'),
        headers: response.headers.get('access-control-allow-headers') ?? '',
      };
    };
    expect((await preflight('/v1/rebuilds', 'GET')).methods).toBe('GET, HEAD');
    expect((await preflight('/v1/rebuilds', 'GET')).headers).not.toContain('authorization');
    expect((await preflight('/v1/verdicts:batch', 'POST')).methods).toBe('POST');
    expect((await preflight('/v1/uploads/x', 'PUT')).methods).toBeNull();
    const read = await api.request('GET', '/v1/verdicts?purl=pkg:pypi/a@1');
    expect(read.headers.get('access-control-allow-origin')).toBe('*');
    expect(read.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('healthz 200 while readyz is 503 and names what cannot be reached, with when to try again', async () => {
    expect(await (await api.request('GET', '/readyz')).json()).toEqual({ status: 'ok' });
    api.plane.down = 'PostgreSQL';
    const notReady = await api.request('GET', '/readyz');
    expect((await expectProblem(notReady, 'unavailable')).detail).toContain('PostgreSQL');
    expect(Number(notReady.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await (await api.request('GET', '/healthz')).json()).toEqual({ status: 'ok' });
    api.plane.down = undefined;
  });

  it('504: a request that takes too long is answered in time', async () => {
    await using slow = await ApiServer.start({ limits: { requestTimeoutMs: 20 } });
    slow.plane.lookup = () => new Promise(() => {});
    await expectProblem(await slow.request('GET', '/v1/verdicts?purl=pkg:pypi/a@1'), 'timeout');
  });

  it('500: a fault that nobody foresaw tells only its request id', async () => {
    await using broken = await ApiServer.start();
    broken.plane.keys = async () => {
      throw new TypeError("Cannot read properties of undefined (reading 'secret')");
    };
    const problem = await expectProblem(await broken.request('GET', '/v1/keys'), 'internal');
    expect(JSON.stringify(problem)).not.toContain('secret');
  });

  it('401: an Authorization header that is not a bearer token', async () => {
    for (const authorization of ['Basic dTpw', 'Bearer', 'Bearer a b', `Bearer ${'x'.repeat(9000)}`])
      await expectProblem(
        await api.request('GET', '/v1/rebuilds', { headers: { authorization } }),
        'unauthenticated',
      );
  });
});

describe('the rate', () => {
  const path = '/v1/verdicts?purl=pkg:pypi/a@1';

  it('429: of one address is bounded, shown on every answer, and comes back with time', async () => {
    await using api = await ApiServer.start({ limits: { anonymousPerMinute: 3 } });
    const left: (string | null)[] = [];
    for (let i = 0; i < 3; i += 1) left.push((await api.request('GET', path)).headers.get('ratelimit'));
    expect(left).toEqual(['"anonymous";r=2;t=20', '"anonymous";r=1;t=40', '"anonymous";r=0;t=60']);
    const refused = await api.request('GET', path);
    await expectProblem(refused, 'rate-limited');
    expect(refused.headers.get('ratelimit-policy')).toBe('"anonymous";q=3;w=60');
    const wait = Number(refused.headers.get('retry-after'));
    api.advance(wait - 1);
    await expectProblem(await api.request('GET', path), 'rate-limited');
    api.advance(1);
    expect((await api.request('GET', path)).status).toBe(200);
  });

  it('counts each submitter for itself, and machines and admins not at all', async () => {
    await using api = await ApiServer.start({ limits: { anonymousPerMinute: 1, callerPerMinute: 2 } });
    const [a, b] = [await api.createToken('a'), await api.createToken('b')];
    const statuses = async (token?: string) => {
      const seen = [];
      for (let i = 0; i < 3; i += 1)
        seen.push((await api.request('GET', path, token === undefined ? {} : { token })).status);
      return seen;
    };
    expect(await statuses()).toEqual([200, 429, 429]);
    expect(await statuses(a)).toEqual([200, 200, 429]);
    expect(await statuses(b)).toEqual([200, 200, 429]);
    expect(await statuses(api.machineToken('admin'))).toEqual([200, 200, 200]);
  });

  it('of failed logins is bounded before a token is even looked at', async () => {
    await using api = await ApiServer.start({ limits: { failedLoginsPerMinute: 2 } });
    const good = await api.createToken('good');
    const guess = () => api.request('GET', path, { token: 'assay_submitter_guess' });
    await expectProblem(await guess(), 'unauthenticated');
    await expectProblem(await guess(), 'unauthenticated');
    await expectProblem(await guess(), 'rate-limited');
    await expectProblem(await api.request('GET', path, { token: good }), 'rate-limited');
    expect((await api.request('GET', path)).status).toBe(200);
    api.advance(60);
    expect((await api.request('GET', path, { token: good })).status).toBe(200);
  });

  it('believes X-Forwarded-For of as many proxies as are trusted, and of nobody else', async () => {
    const statuses = async (proxyHops: number) => {
      await using api = await ApiServer.start({ limits: { anonymousPerMinute: 1, proxyHops } });
      const seen = [];
      for (const address of ['192.0.2.1', '192.0.2.2', '203.0.113.9, 192.0.2.2'])
        seen.push((await api.request('GET', path, { headers: { 'x-forwarded-for': address } })).status);
      return seen;
    };
    expect(await statuses(0)).toEqual([200, 429, 429]);
    expect(await statuses(1)).toEqual([200, 200, 429]);
  });

  it('never stops a worker from reporting', async () => {
    await using api = await ApiServer.start({ limits: { anonymousPerMinute: 1, callerPerMinute: 1 } });
    const id = await submitPurl(api, api.machineToken('admin'));
    const job = api.plane.jobStates.of(id)[0]?.id ?? '';
    const claimed = await api.request('POST', `/internal/jobs/${job}/claim`, {
      token: api.machineToken('worker:resolve'),
      json: { worker: 'w' },
    });
    const { token } = (await claimed.json()) as { token: string };
    for (let i = 0; i < 5; i += 1) {
      const beat = await api.request('POST', `/internal/jobs/${job}/heartbeat`, { token, json: {} });
      expect(beat.status).toBe(200);
    }
  });
});
