import { decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { AppError } from '#core/errors/app-error.ts';
import type { Caller } from '#services/control/control-plane.ts';
import { issuerKeys, keysUnavailable } from './issuer-keys.ts';
import type { TrustedIssuer } from './issuers.ts';
import { pickClaims, unmetClaim } from './match-claims.ts';

const clockToleranceSeconds = 30;
const subjectPattern = /^[^\p{C}]{1,255}$/u;

/**
 * Verifies id tokens of the trusted issuers: signature, algorithm, issuer, one audience, times, a bounded life, and the
 * pinned claims. A token is a bearer credential until it expires: a CI job uses its one token for several requests, so
 * a second use is not refused; that is why its life is bounded and its audience must be ours alone.
 * @throws AppError `unauthenticated`, `forbidden` (a claim does not match), `unavailable` (no keys)
 */
export function idTokenVerifier(
  issuers: readonly TrustedIssuer[],
  now: () => number,
): (token: string) => Promise<Caller> {
  const known = new Map(
    issuers.map((trusted) => [trusted.issuer, { trusted, keys: issuerKeys(trusted, now) }]),
  );
  return async (token) => {
    const entry = known.get(claimedIssuer(token));
    if (entry === undefined) throw refused('its issuer is not trusted here');
    const { trusted } = entry;
    const claims = await verify(token, trusted, await entry.keys(), now());
    const subject = checkedSubject(claims, trusted);
    const unmet = unmetClaim(claims, trusted.claims);
    if (unmet !== undefined)
      throw new AppError('forbidden', `The id token's claim ${unmet} is not one that may submit here`, {
        hint: 'The operator pins the claims of each issuer in the file that ASSAY_OIDC_FILE names.',
      });
    const names = [...Object.keys(trusted.claims), ...trusted.record];
    return {
      subject: `oidc:${trusted.issuer}#${subject}`,
      scope: 'submitter',
      claims: pickClaims(claims, names),
    };
  };
}

async function verify(
  token: string,
  trusted: TrustedIssuer,
  keys: JWTVerifyGetKey,
  nowMs: number,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: trusted.issuer,
      audience: trusted.audience,
      algorithms: [...trusted.algorithms],
      requiredClaims: ['sub', 'iat', 'exp'],
      maxTokenAge: trusted.lifetimeSecondsMax,
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(nowMs),
    });
    return payload;
  } catch (error) {
    throw explain(error, trusted.issuer);
  }
}

/** Says which check failed; never repeats the token. */
function explain(error: unknown, issuer: string): AppError {
  if (error instanceof errors.JWTExpired) return refused('it has expired');
  if (error instanceof errors.JWTClaimValidationFailed)
    return refused(`claim ${error.claim}: ${error.reason}`);
  if (error instanceof errors.JOSEAlgNotAllowed) return refused('its algorithm is not allowed');
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused('its signature is wrong');
  if (error instanceof errors.JWKSNoMatchingKey) return refused('its issuer has no such key');
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid)
    return refused('it is malformed');
  if (error instanceof errors.JOSENotSupported) return refused('it needs what is not supported here');
  return keysUnavailable(issuer, error);
}

function checkedSubject(claims: JWTPayload, trusted: TrustedIssuer): string {
  const { sub, aud, iat = 0, exp = 0 } = claims;
  if (exp - iat > trusted.lifetimeSecondsMax) throw refused('it lives longer than this service allows');
  if (Array.isArray(aud) && aud.length !== 1) throw refused('it is for several audiences');
  if (typeof sub !== 'string' || !subjectPattern.test(sub))
    throw refused('its subject is not printable text');
  return sub;
}

function claimedIssuer(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    throw refused('it is malformed');
  }
}

function refused(why: string): AppError {
  return new AppError('unauthenticated', `The id token was refused: ${why}`, {
    hint: 'Ask the CI for a fresh id token with the audience that this service expects.',
  });
}
