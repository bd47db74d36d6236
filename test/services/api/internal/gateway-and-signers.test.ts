import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SigningKeys } from '#services/api/components.ts';
import { freshSigner } from '#test/harness/attesting/signed.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { sha256Of, submitPurl } from '#test/harness/api/supplied-request.ts';

describe('/internal/gateway and /internal/signers', () => {
  let api: ApiServer;
  let gateway: string;
  let jobId: string;
  beforeAll(async () => {
    api = await ApiServer.start();
    gateway = api.machineToken('gateway');
    const rebuildId = await submitPurl(api, await api.createToken('ci'));
    jobId = api.plane.jobStates.of(rebuildId)[0]?.id ?? '';
    await api.request('POST', `/internal/jobs/${jobId}/claim`, {
      token: api.machineToken('worker:resolve'),
      json: { worker: 'w' },
    });
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const served = {
    method: 'GET',
    path: 'simple/flit-core/',
    status: 200,
    contentType: 'application/vnd.pypi.simple.v1+json',
    size: 4,
    sha256: sha256Of('body'),
    kind: 'index',
    at: '2026-11-22T00:00:00Z',
  };

  it('PUT 201 and GET 200: the gateway keeps and reads what it served', async () => {
    const path = `/internal/gateway/objects/sha256:${sha256Of('body')}`;
    expect((await api.request('PUT', path, { token: gateway, body: 'body' })).status).toBe(201);
    const read = await api.request('GET', path, { token: gateway });
    expect([await read.text(), read.headers.get('content-length')]).toEqual(['body', '4']);
  });

  it('served 204 and record 200: a record is read as it was written', async () => {
    const path = `/internal/gateway/sessions/${jobId}`;
    const written = await api.request('POST', `${path}/served`, {
      token: gateway,
      json: { fence: 1, served },
    });
    expect(written.status).toBe(204);
    const record = await api.request('GET', `${path}/record`, { token: gateway });
    expect(await record.json()).toEqual({ served: [served] });
  });

  it('served 409: from an attempt that is over', async () => {
    const json = { fence: 2, served };
    const path = `/internal/gateway/sessions/${jobId}/served`;
    await expectProblem(await api.request('POST', path, { token: gateway, json }), 'stale-lease');
  });

  it('403: no worker, submitter or admin takes the gateway’s place', async () => {
    const path = `/internal/gateway/sessions/${jobId}/record`;
    for (const token of [api.machineToken('worker:rebuild'), api.machineToken('admin')])
      await expectProblem(await api.request('GET', path, { token }), 'forbidden');
    await expectProblem(await api.request('GET', path), 'unauthenticated');
  });

  it('signers 204: the attester’s key is published to anybody; 403: another’s is not', async () => {
    const { publicKeyPem, hint } = await freshSigner();
    const json = { builderId: 'https://builder.example/assay', log: true, key: { hint, publicKeyPem } };
    await expectProblem(
      await api.request('POST', '/internal/signers', { token: gateway, json }),
      'forbidden',
    );
    const token = api.machineToken('worker:attest');
    expect((await api.request('POST', '/internal/signers', { token, json })).status).toBe(204);
    const { keys } = SigningKeys.parse(await (await api.request('GET', '/v1/keys')).json());
    expect(keys).toMatchObject([{ builderId: json.builderId, hint, publicKeyPem }]);
  });

  it('signers 204: one whose signatures each have a certificate has no key to publish', async () => {
    const token = api.machineToken('worker:attest');
    const json = { builderId: 'https://builder.example/keyless', log: true };
    expect((await api.request('POST', '/internal/signers', { token, json })).status).toBe(204);
  });

  it('signers 400: a private key, and a name that is no hint', async () => {
    const token = api.machineToken('worker:attest');
    const { publicKeyPem, hint } = await freshSigner();
    for (const key of [
      { hint, publicKeyPem: '-----BEGIN PRIVATE KEY-----\n' },
      { hint: 'a name', publicKeyPem },
    ]) {
      const json = { builderId: 'https://builder.example/assay', log: false, key };
      await expectProblem(await api.request('POST', '/internal/signers', { token, json }), 'invalid-request');
    }
  });
});
