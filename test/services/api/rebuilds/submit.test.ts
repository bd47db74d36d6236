import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RebuildResult } from '#schemas/rebuild.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { suppliedRequest } from '#test/harness/api/supplied-request.ts';

const idna = { kind: 'purl', purl: 'pkg:pypi/idna@3.20' };

describe('POST /v1/rebuilds', () => {
  let api: ApiServer;
  let token: string;
  beforeAll(async () => {
    api = await ApiServer.start({ limits: { submitPerMinute: 1000 } });
    token = await api.createToken('ci');
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it('202: takes a purl, says where to follow it and when to look first', async () => {
    const response = await api.request('POST', '/v1/rebuilds', { token, json: idna });
    const result = RebuildResult.parse(await response.json());
    expect(response.status).toBe(202);
    expect(result).toMatchObject({ verdict: 'pending', rebuild: { submitter: 'token:ci' } });
    expect(response.headers.get('location')).toBe(`/v1/rebuilds/${result.rebuild.id}`);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('400: names every place where the body does not match, without repeating values', async () => {
    const response = await api.request('POST', '/v1/rebuilds', {
      token,
      json: { kind: 'purl', purl: 'not-a-purl-hunter2', extra: 1 },
    });
    const problem = await expectProblem(response, 'invalid-request');
    expect(problem.detail).toContain('json.purl');
    expect(problem.detail).toContain('extra');
    expect(problem.detail).not.toContain('hunter2');
  });

  it('400: refuses JSON that is cut off, and arrays nested a hundred thousand deep', async () => {
    for (const body of ['{"kind":', '['.repeat(100_000)]) {
      const headers = { 'content-type': 'application/json' };
      await expectProblem(
        await api.request('POST', '/v1/rebuilds', { token, headers, body }),
        'invalid-request',
      );
    }
  });

  it('400: a package URL that matches the schema but cannot be read', async () => {
    const json = { kind: 'purl', purl: 'pkg:pypi' };
    await expectProblem(await api.request('POST', '/v1/rebuilds', { token, json }), 'invalid-purl');
  });

  it('401: nobody submits without a token', async () => {
    const response = await api.request('POST', '/v1/rebuilds', { json: idna });
    await expectProblem(response, 'unauthenticated');
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('403: a worker’s token may not submit', async () => {
    const response = await api.request('POST', '/v1/rebuilds', {
      token: api.machineToken('worker:rebuild'),
      json: idna,
    });
    await expectProblem(response, 'forbidden');
  });

  it('404: an artifact that was not uploaded', async () => {
    const response = await api.request('POST', '/v1/rebuilds', { token, json: suppliedRequest('nowhere') });
    await expectProblem(response, 'not-found');
  });

  it('413: a body of more than a mebibyte, whether it says so or not', async () => {
    const body = JSON.stringify({ ...idna, file: 'x'.repeat(1024 ** 2) });
    const headers = { 'content-type': 'application/json' };
    await expectProblem(await api.request('POST', '/v1/rebuilds', { token, headers, body }), 'too-large');
    const chunked = new Blob([body]).stream();
    await expectProblem(
      await api.request('POST', '/v1/rebuilds', { token, headers, body: chunked, duplex: 'half' }),
      'too-large',
    );
  });

  it('415: a body that is not JSON', async () => {
    const response = await api.request('POST', '/v1/rebuilds', {
      token,
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify(idna),
    });
    await expectProblem(response, 'unsupported-media-type');
  });

  it('422: an ecosystem that nothing here can rebuild', async () => {
    const json = { kind: 'purl', purl: 'pkg:cobol/payroll@1' };
    await expectProblem(await api.request('POST', '/v1/rebuilds', { token, json }), 'unsupported-ecosystem');
  });

  it('429: more rebuilds a minute than one submitter may ask for, with when to try again', async () => {
    await using strict = await ApiServer.start({ limits: { submitPerMinute: 2 } });
    const ci = await strict.createToken('ci');
    const submit = () => strict.request('POST', '/v1/rebuilds', { token: ci, json: idna });
    expect((await submit()).status).toBe(202);
    expect((await submit()).status).toBe(202);
    const refused = await submit();
    await expectProblem(refused, 'rate-limited');
    strict.advance(Number(refused.headers.get('retry-after')));
    expect((await submit()).status).toBe(202);
  });
});

describe('Idempotency-Key', () => {
  let api: ApiServer;
  let token: string;
  beforeAll(async () => {
    api = await ApiServer.start();
    token = await api.createToken('ci');
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const submit = (key: string, json: unknown, as = token): Promise<Response> =>
    api.request('POST', '/v1/rebuilds', { token: as, json, headers: { 'idempotency-key': key } });
  const count = () => api.plane.rebuildStates.newestFirst().length;

  it('gives the same answer again, and makes one rebuild', async () => {
    const before = count();
    const first = await submit('same', idna);
    const again = await submit('same', { purl: idna.purl, kind: 'purl' });
    expect(await again.json()).toEqual(await first.json());
    expect([again.status, again.headers.get('location')]).toEqual([202, first.headers.get('location')]);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(count()).toBe(before + 1);
  });

  it('422: the same key with another body', async () => {
    await submit('changed', idna);
    await expectProblem(await submit('changed', { ...idna, file: 'other.whl' }), 'idempotency-mismatch');
  });

  it('409: while the first request is still being handled; then its answer', async () => {
    const submitted = api.plane.submit.bind(api.plane);
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
    api.plane.submit = async (...given) => {
      enter();
      await gate;
      return submitted(...given);
    };
    const first = submit('slow', idna);
    await entered;
    const second = await submit('slow', idna);
    await expectProblem(second, 'idempotency-in-flight');
    expect(second.headers.get('retry-after')).toBe('1');
    open();
    api.plane.submit = submitted;
    expect((await first).status).toBe(202);
    expect((await submit('slow', idna)).headers.get('idempotency-replayed')).toBe('true');
  });

  it('does not keep an error: the request can be sent again', async () => {
    const unknown = suppliedRequest('late');
    await expectProblem(await submit('failed', unknown), 'not-found');
    await api.request(
      'PUT',
      `/v1/uploads/sha256:${unknown.kind === 'supplied' && unknown.artifact.digest.sha256}`,
      {
        token,
        body: 'late',
      },
    );
    expect((await submit('failed', unknown)).status).toBe(202);
  });

  it('belongs to its caller: another may use the same key', async () => {
    const other = await api.createToken('other');
    await submit('shared', idna);
    const response = await submit('shared', { ...idna, file: 'other.whl' }, other);
    expect(response.status).toBe(202);
  });

  it('is forgotten after a day', async () => {
    const first = (await (await submit('old', idna)).json()) as RebuildResult;
    api.advance(25 * 3600);
    const again = (await (await submit('old', idna)).json()) as RebuildResult;
    expect(again.rebuild.id).not.toBe(first.rebuild.id);
  });

  it('400: a key that is not visible ASCII', async () => {
    await expectProblem(await submit('two words', idna), 'invalid-request');
  });
});
