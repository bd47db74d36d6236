import { describe, expect, it } from 'vitest';
import { TrustedIssuer } from '#services/identity/oidc/issuers.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { IssuerServer } from '#test/harness/oidc/issuer-server.ts';

const json = { kind: 'purl', purl: 'pkg:pypi/idna@3.20' };

describe('submitting with an OIDC id token', () => {
  it('202, 401, 403 and 503: by what the token is, with the submitter on record', async () => {
    await using issuer = await IssuerServer.start();
    const trusted = TrustedIssuer.parse({
      issuer: issuer.url,
      audience: 'assay',
      algorithms: ['ES256'],
      claims: { repository_owner: 'example-org' },
    });
    await using api = await ApiServer.start({ issuers: [trusted] });
    const submit = async (claims: Record<string, unknown>) =>
      api.request('POST', '/v1/rebuilds', { token: await issuer.token(api.now, claims), json });

    issuer.answers.set('/.well-known/openid-configuration', { status: 503, body: '' });
    await expectProblem(await submit({}), 'unavailable');
    issuer.answers.clear();
    api.advance(10);
    const taken = await submit({});
    expect(taken.status).toBe(202);
    expect(await taken.json()).toMatchObject({
      rebuild: { submitter: `oidc:${issuer.url}#repo:example-org/thing:ref:refs/heads/main` },
    });
    await expectProblem(await submit({ aud: 'elsewhere' }), 'unauthenticated');
    await expectProblem(await submit({ repository_owner: 'someone-else' }), 'forbidden');
  });

  it('403: never makes tokens with it', async () => {
    await using issuer = await IssuerServer.start();
    const trusted = TrustedIssuer.parse({
      issuer: issuer.url,
      audience: 'assay',
      algorithms: ['ES256'],
      claims: { repository_owner: 'example-org' },
    });
    await using api = await ApiServer.start({ issuers: [trusted] });
    const token = await issuer.token(api.now);
    await expectProblem(await api.request('GET', '/v1/tokens', { token }), 'forbidden');
  });
});
