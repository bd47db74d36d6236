import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SigningKeys } from '#services/api/components.ts';
import { TrustDocument } from '#schemas/trust.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { freshSigner } from '#test/harness/attesting/signed.ts';

/** Odd spaces and a member that nobody knows: what has to come out as it went in. */
const sigstoreRoot =
  '{ "mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1",\n\t"tlogs": [],  "later": 1.50 }\n';

describe('/v1/keys and /v1/trusted-root', () => {
  let api: ApiServer;
  let key: { hint: string; publicKeyPem: string };
  const inPath = (hint: string): string => Buffer.from(hint, 'base64').toString('base64url');
  beforeAll(async () => {
    api = await ApiServer.start({ sigstoreRoot });
    const { hint, publicKeyPem } = await freshSigner();
    key = { hint, publicKeyPem };
    const caller = { subject: 'worker:attest', scope: 'worker:attest' } as const;
    await api.plane.registerSigner(caller, { builderId: 'https://builder.example/1', log: true, key });
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it('GET 200: the whole trust in one document, the Sigstore part byte for byte', async () => {
    const answer = TrustDocument.parse(await (await api.request('GET', '/v1/trusted-root')).json());
    expect(answer).toMatchObject({ keys: [key], sigstore: sigstoreRoot });
    const alone = await api.request('GET', '/v1/trusted-root/sigstore');
    expect(alone.headers.get('content-type')).toBe('application/json');
    expect(await alone.text()).toBe(sigstoreRoot);
  });

  it('GET 404: there is no Sigstore part where nothing witnesses', async () => {
    await using bare = await ApiServer.start();
    expect(TrustDocument.parse(await (await bare.request('GET', '/v1/trusted-root')).json())).toEqual({
      schemaVersion: 1,
      keys: [],
    });
    await expectProblem(await bare.request('GET', '/v1/trusted-root/sigstore'), 'not-found');
  });

  it.each(['retire', 'revoke'])('POST %s 401, 403: only an admin may', async (verb) => {
    const path = `/v1/keys/${inPath(key.hint)}/${verb}`;
    await expectProblem(await api.request('POST', path), 'unauthenticated');
    for (const token of [await api.createToken(`ci-${verb}`), api.machineToken('worker:attest')])
      await expectProblem(await api.request('POST', path, { token }), 'forbidden');
  });

  it('POST 400, 404: what is no hint, and a key that was never here', async () => {
    const token = api.machineToken('admin');
    await expectProblem(await api.request('POST', '/v1/keys/x/retire', { token }), 'invalid-request');
    const unknown = inPath(Buffer.alloc(32).toString('base64'));
    await expectProblem(await api.request('POST', `/v1/keys/${unknown}/revoke`, { token }), 'not-found');
  });

  it('POST retire and revoke 200: anybody sees from when on', async () => {
    const token = api.machineToken('admin');
    for (const [verb, end] of [
      ['retire', 'retiredAt'],
      ['revoke', 'revokedAt'],
    ] as const) {
      const path = `/v1/keys/${inPath(key.hint)}/${verb}`;
      const answer = await api.request('POST', path, { token });
      expect(answer.status).toBe(200);
      const { keys } = SigningKeys.parse(await (await api.request('GET', '/v1/keys')).json());
      expect(keys).toEqual(SigningKeys.parse(await answer.json()).keys);
      expect(keys[0]?.[end]).toBeDefined();
    }
  });
});
