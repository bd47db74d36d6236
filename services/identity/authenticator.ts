import { AppError } from '#core/errors/app-error.ts';
import type { Caller } from '#services/control/control-plane.ts';
import { hashToken } from './mint-token.ts';
import { machineTokenReader, type MachineTokens } from './machine-tokens.ts';
import type { TrustedIssuer } from './oidc/issuers.ts';
import { idTokenVerifier } from './oidc/verify-id-token.ts';
import type { TokenStore } from './token-store.ts';

/** Says who holds a bearer token. @throws AppError `unauthenticated`, `forbidden`, `unavailable` */
export type Authenticate = (token: string) => Promise<Caller>;

export interface IdentityOptions {
  readonly tokens: TokenStore;
  readonly machineTokens: MachineTokens;
  readonly issuers: readonly TrustedIssuer[];
  /** ms since the epoch */
  readonly now: () => number;
}

/** A JWS in compact form, as id tokens are. */
const compactJws = /^eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/** Machine tokens, then id tokens, then stored tokens; each by what it looks like, and none falls back to anonymous. */
export function createAuthenticator({ tokens, machineTokens, issuers, now }: IdentityOptions): Authenticate {
  const machine = machineTokenReader(machineTokens);
  const verifyIdToken = idTokenVerifier(issuers, now);
  return async (token) => {
    if (compactJws.test(token)) return verifyIdToken(token);
    const hash = hashToken(token);
    const machineCaller = machine(hash);
    if (machineCaller !== undefined) return machineCaller;
    const stored = await tokens.findByHash(hash);
    if (stored === undefined) throw refused('The token is not known or was revoked');
    if (Date.parse(stored.expiresAt) <= now()) throw refused('The token has expired');
    return { subject: `token:${stored.name}`, scope: stored.scope };
  };
}

function refused(message: string): AppError {
  return new AppError('unauthenticated', message, {
    hint: 'Make a token with `assay token create`, or use an OIDC id token of a trusted issuer.',
  });
}
