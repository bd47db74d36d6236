import { z } from '@hono/zod-openapi';
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { AppError } from '#core/errors/app-error.ts';
import { fetchBounded } from './fetch-bounded.ts';
import type { TrustedIssuer } from './issuers.ts';

const documentBytesMax = 64 * 1024;
const keySetBytesMax = 256 * 1024;
/** After a failure the issuer is left alone for so long, however many tokens come. */
const retryAfterMs = 5000;

const DiscoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * Gives the key set of an issuer: discovered once (OpenID Connect Discovery 1.0), or as configured; jose keeps the keys
 * and fetches again, with a cool-down, for a key id it does not know.
 */
export function issuerKeys(trusted: TrustedIssuer, now: () => number): () => Promise<JWTVerifyGetKey> {
  let known: JWTVerifyGetKey | undefined;
  let pending: Promise<JWTVerifyGetKey> | undefined;
  let failed: { until: number; error: AppError } | undefined;

  const find = async (): Promise<JWTVerifyGetKey> => {
    try {
      const uri = trusted.jwksUri === undefined ? await discover(trusted.issuer) : new URL(trusted.jwksUri);
      return (known = remoteKeys(uri));
    } catch (cause) {
      const error = keysUnavailable(trusted.issuer, cause);
      failed = { until: now() + retryAfterMs, error };
      throw error;
    } finally {
      pending = undefined;
    }
  };
  return async () => {
    if (known !== undefined) return known;
    if (failed !== undefined && now() < failed.until) throw failed.error;
    return (pending ??= find());
  };
}

/** The keys that would judge a token cannot be had: nobody's token is wrong for that. */
export function keysUnavailable(issuer: string, cause: unknown): AppError {
  return new AppError('unavailable', `The keys of ${issuer} could not be fetched`, {
    hint: "Try again; if it stays, look at the issuer and at the api's way to it.",
    cause,
  });
}

async function discover(issuer: string): Promise<URL> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = DiscoveryDocument.parse(JSON.parse(await fetchBounded(address, documentBytesMax)));
  if (document.issuer !== issuer) throw new Error('the discovery document is of another issuer');
  const uri = new URL(document.jwks_uri);
  if (uri.protocol !== 'https:' && uri.protocol !== new URL(issuer).protocol)
    throw new Error('jwks_uri is not https');
  return uri;
}

function remoteKeys(uri: URL): JWTVerifyGetKey {
  return createRemoteJWKSet(uri, {
    [customFetch]: async (address) => new Response(await fetchBounded(address, keySetBytesMax)),
  });
}
