import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#core/errors/app-error.ts';
import type { ErrorCode } from '#schemas/errors.ts';
import { TrustedIssuer } from '#services/identity/oidc/issuers.ts';
import { idTokenVerifier } from '#services/identity/oidc/verify-id-token.ts';
import { IssuerServer } from '#test/harness/oidc/issuer-server.ts';

describe('idTokenVerifier', () => {
  let issuer: IssuerServer;
  let now: number;
  let verify: ReturnType<typeof idTokenVerifier>;
  const trust = (more: Record<string, unknown> = {}): TrustedIssuer =>
    TrustedIssuer.parse({
      issuer: issuer.url,
      audience: 'assay',
      algorithms: ['ES256'],
      claims: { repository_owner: 'example-org', ref: { pattern: 'refs/heads/main|refs/tags/v.*' } },
      record: ['run_id', 'absent'],
      ...more,
    });
  beforeEach(async () => {
    issuer = await IssuerServer.start();
    now = Date.parse('2026-11-22T12:00:00Z');
    verify = idTokenVerifier([trust()], () => now);
  });
  afterEach(() => issuer[Symbol.asyncDispose]());

  const refusal = async (token: string, code: ErrorCode, check = verify): Promise<string> => {
    const error = await check(token).then(
      () => expect.fail('the token was accepted'),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(AppError);
    const { code: given, message } = error as AppError;
    expect(given, message).toBe(code);
    expect(message).not.toContain(token);
    return message;
  };
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('records who it is: issuer, subject, and the pinned and named claims', async () => {
    expect(await verify(await issuer.token(now))).toEqual({
      subject: `oidc:${issuer.url}#repo:example-org/thing:ref:refs/heads/main`,
      scope: 'submitter',
      claims: { repository_owner: 'example-org', ref: 'refs/heads/main', run_id: '42' },
    });
  });

  it('refuses a token for another audience, or for several', async () => {
    expect(await refusal(await issuer.token(now, { aud: 'elsewhere' }), 'unauthenticated')).toContain('aud');
    expect(
      await refusal(await issuer.token(now, { aud: ['assay', 'elsewhere'] }), 'unauthenticated'),
    ).toContain('several audiences');
  });

  it('refuses a token of another issuer, and asks that issuer nothing', async () => {
    await using other = await IssuerServer.start();
    await refusal(await other.token(now), 'unauthenticated');
    expect(other.requests).toEqual([]);
  });

  it('refuses a token that another issuer signed in the name of a trusted one', async () => {
    await using other = await IssuerServer.start();
    expect(await refusal(await other.token(now, { iss: issuer.url }), 'unauthenticated')).toContain(
      'signature',
    );
  });

  it('refuses a token after its end, before its beginning, and without times', async () => {
    const token = await issuer.token(now);
    now += (300 + 31) * 1000;
    expect(await refusal(token, 'unauthenticated')).toContain('expired');
    const later = Math.floor(now / 1000) + 60;
    await refusal(await issuer.token(now, { nbf: later }), 'unauthenticated');
    await refusal(await issuer.token(now, { iat: later, exp: later + 60 }), 'unauthenticated');
    await refusal(await issuer.token(now, { exp: undefined }), 'unauthenticated');
    await refusal(await issuer.token(now, { iat: undefined }), 'unauthenticated');
  });

  it('bounds for how long a stolen token can be replayed: one that lives longer is refused', async () => {
    const iat = Math.floor(now / 1000);
    expect(await refusal(await issuer.token(now, { exp: iat + 3601 }), 'unauthenticated')).toContain(
      'longer',
    );
    expect((await verify(await issuer.token(now, { exp: iat + 3600 }))).scope).toBe('submitter');
  });

  it('takes a token again until it ends, since a CI job uses its one token for several requests', async () => {
    const token = await issuer.token(now, { jti: 'one' });
    expect(await verify(token)).toEqual(await verify(token));
  });

  it('refuses alg none, HMAC with the public key, and an algorithm that is not on the list', async () => {
    const payload = (await issuer.token(now)).split('.')[1] ?? '';
    await refusal(`${encode({ alg: 'none' })}.${payload}.`, 'unauthenticated');
    const forged = await new SignJWT({ iss: issuer.url, aud: 'assay', sub: 'x' })
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .setIssuedAt(now / 1000)
      .setExpirationTime(now / 1000 + 60)
      .sign(issuer.publicBytes());
    expect(await refusal(forged, 'unauthenticated')).toContain('algorithm');
    await issuer.addKey('rsa', 'RS256');
    const rsa = await issuer.token(now, {}, 'rsa');
    expect(await refusal(rsa, 'unauthenticated')).toContain('algorithm');
    const both = idTokenVerifier([trust({ algorithms: ['RS256', 'ES256'] })], () => now);
    expect((await both(rsa)).scope).toBe('submitter');
  });

  it('refuses a changed payload', async () => {
    const [header = '', payload = '', signature = ''] = (await issuer.token(now)).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const changed = encode({ ...claims, sub: 'admin' });
    expect(await refusal(`${header}.${changed}.${signature}`, 'unauthenticated')).toContain('signature');
    await refusal('eyJub3Q.a.token', 'unauthenticated');
  });

  it('403: a good token whose claim is not one that is pinned, matched from end to end', async () => {
    for (const claims of [
      { repository_owner: 'someone-else' },
      { repository_owner: 'example-org2' },
      { repository_owner: ['example-org'] },
      { repository_owner: undefined },
      { ref: 'refs/heads/main-but-not' },
      { ref: 'x/refs/heads/main' },
      { ref: 'refs/heads/main\nrefs/tags/v1' },
    ])
      expect(await refusal(await issuer.token(now, claims), 'forbidden')).toMatch(
        /claim (ref|repository_owner)/,
      );
    expect((await verify(await issuer.token(now, { ref: 'refs/tags/v1.2' }))).claims).toMatchObject({
      ref: 'refs/tags/v1.2',
    });
  });

  it('refuses a subject that is missing or could not be shown', async () => {
    for (const sub of [undefined, '', 'a\u0000b', 'a\nb', 'x'.repeat(256), 7])
      await refusal(await issuer.token(now, { sub }), 'unauthenticated');
  });

  it('discovers and fetches keys once for many tokens', async () => {
    await verify(await issuer.token(now));
    await verify(await issuer.token(now));
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('uses jwksUri where it is configured, without discovery', async () => {
    const direct = idTokenVerifier([trust({ jwksUri: `${issuer.url}/keys` })], () => now);
    await direct(await issuer.token(now));
    expect(issuer.requests).toEqual(['/keys']);
  });

  it('503: when the keys cannot be had, and then leaves the issuer alone for a while', async () => {
    const token = await issuer.token(now);
    issuer.answers.set('/.well-known/openid-configuration', { status: 500, body: '' });
    await refusal(token, 'unavailable');
    await refusal(token, 'unavailable');
    expect(issuer.requests).toHaveLength(1);
    issuer.answers.clear();
    now += 5000;
    expect((await verify(token)).scope).toBe('submitter');
  });

  it('503: a discovery document of another issuer, one that is too large, or one that redirects', async () => {
    const path = '/.well-known/openid-configuration';
    const jwks = { jwks_uri: `${issuer.url}/keys` };
    const token = await issuer.token(now);
    for (const answer of [
      { status: 200, body: JSON.stringify({ ...jwks, issuer: 'https://other.example' }) },
      { status: 200, body: JSON.stringify({ ...jwks, issuer: issuer.url, more: 'x'.repeat(70_000) }) },
      { status: 200, body: 'not json' },
      { status: 302, body: '', location: `${issuer.url}/elsewhere` },
    ]) {
      issuer.answers.set(path, answer);
      await refusal(
        token,
        'unavailable',
        idTokenVerifier([trust()], () => now),
      );
    }
    expect(new Set(issuer.requests)).toEqual(new Set([path]));
  });
});
