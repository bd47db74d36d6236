import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jobCatalogue, Lease } from '#schemas/jobs.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { sha256Of, submitPurl, submitSupplied } from '#test/harness/api/supplied-request.ts';

describe('/internal/jobs', () => {
  let api: ApiServer;
  let submitter: string;
  let jobId: string;
  let rebuildId: string;
  beforeAll(async () => {
    api = await ApiServer.start({ limits: { objectBytesMax: 1000 } });
    submitter = await api.createToken('ci');
  });
  afterAll(() => api[Symbol.asyncDispose]());
  beforeEach(async () => {
    rebuildId = await submitPurl(api, submitter);
    jobId = api.plane.jobStates.of(rebuildId)[0]?.id ?? '';
  });

  const post = (path: string, token: string | undefined, json: unknown = {}) =>
    api.request('POST', `/internal/jobs/${path}`, { ...(token === undefined ? {} : { token }), json });
  const claim = async (id = jobId): Promise<Lease> => {
    const response = await post(`${id}/claim`, api.machineToken('worker:resolve'), { worker: 'resolve-1' });
    return Lease.parse(await response.json());
  };

  it('claim 200: gives the lease to the kind’s own worker; 409 to whoever comes second', async () => {
    const lease = await claim();
    expect(lease).toMatchObject({ jobId, rebuildId, kind: 'resolve', fence: 1 });
    const second = await post(`${jobId}/claim`, api.machineToken('worker:resolve'), { worker: 'resolve-2' });
    await expectProblem(second, 'stale-lease');
  });

  it('claim 401, 403, 404: nobody, another process, and a job that is not there', async () => {
    const body = { worker: 'w' };
    await expectProblem(await post(`${jobId}/claim`, undefined, body), 'unauthenticated');
    for (const scope of ['gateway', 'admin', 'worker:attest'] as const)
      await expectProblem(await post(`${jobId}/claim`, api.machineToken(scope), body), 'forbidden');
    await expectProblem(await post(`${jobId}/claim`, submitter, body), 'forbidden');
    await expectProblem(
      await post(`${randomUUID()}/claim`, api.machineToken('worker:resolve'), body),
      'not-found',
    );
  });

  it('heartbeat 200: says for how long, and whether to stop', async () => {
    const { token } = await claim();
    expect(await (await post(`${jobId}/heartbeat`, token)).json()).toEqual({
      leaseSeconds: jobCatalogue.resolve.leaseSeconds,
      cancelled: false,
    });
    await api.request('DELETE', `/v1/rebuilds/${rebuildId}`, { token: submitter });
    expect(await (await post(`${jobId}/heartbeat`, token)).json()).toMatchObject({ cancelled: true });
  });

  it('progress 204: becomes events of the rebuild', async () => {
    const { token } = await claim();
    const events = [
      { type: 'step', name: 'fetch', state: 'started' },
      { type: 'log', stream: 'stderr', line: '\u001b[31mred\u001b[0m' },
    ];
    expect((await post(`${jobId}/progress`, token, { events })).status).toBe(204);
    const told = api.plane.rebuildStates.get(rebuildId).events.slice(-2);
    expect(told).toMatchObject([
      { type: 'step', name: 'fetch' },
      { type: 'log', text: events[1]?.line },
    ]);
  });

  it('report 204: ends the lease, whose token is then stale', async () => {
    const { token } = await claim();
    const report = {
      outcome: 'not-established',
      verdict: 'inconclusive',
      reason: 'artifact-not-found',
      retryable: false,
      detail: 'There is no such version.',
    };
    expect((await post(`${jobId}/report`, token, report)).status).toBe(204);
    await expectProblem(await post(`${jobId}/report`, token, report), 'stale-lease');
    const shown = await api.request('GET', `/v1/rebuilds/${rebuildId}`);
    expect(await shown.json()).toMatchObject({ verdict: 'inconclusive', reason: 'artifact-not-found' });
  });

  it('release 204: lets another worker claim it, with a greater fence', async () => {
    const first = await claim();
    expect((await post(`${jobId}/release`, first.token, { detail: 'disk full' })).status).toBe(204);
    expect((await claim()).fence).toBeGreaterThan(first.fence);
    await expectProblem(await post(`${jobId}/heartbeat`, first.token), 'stale-lease');
  });

  it('409: whatever is sent with a token that does not hold the lease', async () => {
    await claim();
    for (const token of [api.machineToken('worker:resolve'), submitter, 'assay_lease_made-up']) {
      await expectProblem(await post(`${jobId}/heartbeat`, token), 'stale-lease');
      await expectProblem(await post(`${jobId}/progress`, token, { events: [] }), 'stale-lease');
      await expectProblem(await post(`${jobId}/report`, token, {}), 'stale-lease');
    }
    await expectProblem(await post(`${jobId}/heartbeat`, undefined), 'unauthenticated');
  });

  it('400: a body, a job or a digest that cannot be', async () => {
    const { token } = await claim();
    await expectProblem(
      await post(`${jobId}/progress`, token, { events: [{ type: 'x' }] }),
      'invalid-request',
    );
    await expectProblem(await post('..%2f1/heartbeat', token), 'invalid-request');
    const body = '{"events":';
    await expectProblem(
      await api.request('POST', `/internal/jobs/${jobId}/progress`, { token, body }),
      'invalid-request',
    );
    await expectProblem(
      await api.request('GET', `/internal/jobs/${jobId}/objects/sha256:zz`, { token }),
      'invalid-request',
    );
  });

  it('objects: a job reads its inputs and what it uploaded, and nothing else', async () => {
    const supplied = await submitSupplied(api, submitter, 'the artifact');
    const job = api.plane.jobStates.of(supplied)[0]?.id ?? '';
    const { token } = await claim(job);
    const at = (content: string, id = job) => `/internal/jobs/${id}/objects/sha256:${sha256Of(content)}`;
    expect(await (await api.request('GET', at('the artifact'), { token })).text()).toBe('the artifact');
    const put = await api.request('PUT', at('output'), { token, body: 'output' });
    expect([put.status, await put.json()]).toEqual([
      201,
      { digest: { sha256: sha256Of('output') }, size: 6 },
    ]);
    const other = await claim();
    await expectProblem(await api.request('GET', at('output', jobId), { token: other.token }), 'not-found');
    await expectProblem(await api.request('GET', at('output'), { token: other.token }), 'stale-lease');
    await expectProblem(await api.request('PUT', at('a'), { token, body: 'b' }), 'digest-mismatch');
    const large = 'x'.repeat(1001);
    await expectProblem(await api.request('PUT', at(large), { token, body: large }), 'too-large');
  });

  it('says nothing to browsers of other origins', async () => {
    const preflight = await api.request('OPTIONS', `/internal/jobs/${jobId}/claim`);
    expect(preflight.status).toBe(204);
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});
