import { decodeJwt } from 'jose';
import { z } from 'zod';
import { AppError } from '#core/errors/app-error.ts';
import { callService, refusal, type Service } from '../http/call-service.ts';
import { readSecretFile } from '../secret-file.ts';

const tokenBytesMax = 16_384;

/** Where the machine's identity comes from: each gives an OIDC token that says who this is. */
export interface IdentityTokenSource {
  /** A path or a host, for operators. */
  readonly place: string;
  /** @throws AppError that holds nothing of the token */
  token(signal?: AbortSignal): Promise<string>;
}

/** A file that the platform keeps fresh, such as a projected service-account token of Kubernetes: read each time. */
export function tokenFile(path: string): IdentityTokenSource {
  return {
    place: path,
    token: async () =>
      (await readSecretFile(path, tokenBytesMax, 'ASSAY_OIDC_TOKEN_FILE', 'accepted')).trim(),
  };
}

/**
 * An endpoint that gives tokens to who knows its bearer, as in GitHub Actions.
 * https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
 */
export function tokenEndpoint(options: {
  readonly url: string;
  readonly bearer: string;
  readonly audience: string;
}): IdentityTokenSource {
  const url = new URL(options.url);
  url.searchParams.set('audience', options.audience);
  const service: Service = {
    name: 'the issuer of identity tokens',
    url: url.href,
    variable: 'ACTIONS_ID_TOKEN_REQUEST_URL',
  };
  return {
    place: url.host,
    token: async (signal) => {
      const { status, body } = await callService(service, {
        method: 'GET',
        path: '',
        headers: { authorization: `Bearer ${options.bearer}`, accept: 'application/json' },
        timeoutMs: 10_000,
        answerBytesMax: tokenBytesMax,
        signal,
      });
      if (status !== 200) throw refusal(service, `answered ${status}`);
      const answer = TokenAnswer.safeParse(parsed(body));
      if (!answer.success) throw refusal(service, 'gave no token');
      return answer.data.value;
    },
  };
}

const TokenAnswer = z.object({ value: z.string().min(1).max(tokenBytesMax) });

/**
 * What a certificate authority wants signed as proof that the key is ours: the token's e-mail address or else its
 * subject. https://github.com/sigstore/fulcio/blob/main/docs/how-certificate-issuing-works.md
 * @throws AppError `unavailable` where it is no token, or one that has expired; without a word of it
 */
export function challengeOf(token: string, nowMs: number): string {
  const claims = claimsOf(token);
  if (!claims) throw unusable('is not a JSON Web Token with a subject');
  if (claims.exp * 1000 <= nowMs) throw unusable('has expired');
  if (claims.email === undefined) return claims.sub;
  if (claims.email_verified !== true) throw unusable('has an e-mail address that its issuer did not verify');
  return claims.email;
}

const Claims = z.object({
  sub: z.string().min(1).max(1000),
  exp: z.number(),
  email: z.string().max(500).optional(),
  email_verified: z.boolean().optional(),
});

function claimsOf(token: string): z.infer<typeof Claims> | undefined {
  try {
    return Claims.safeParse(decodeJwt(token)).data;
  } catch {
    // The parser's words could hold a part of the token.
    return undefined;
  }
}

function unusable(what: string): AppError {
  return new AppError('unavailable', `The identity token of this machine ${what}.`, {
    hint: 'Check where it comes from: ASSAY_OIDC_TOKEN_FILE or ACTIONS_ID_TOKEN_REQUEST_URL.',
  });
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
