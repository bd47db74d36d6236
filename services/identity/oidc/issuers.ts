import { z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';

/** Signature algorithms that an issuer may be trusted with: asymmetric ones only, so `none` and HMAC cannot be named. */
export const IdTokenAlgorithm = z.enum([
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
]);

const loopbackHosts = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** https, or http where the host is this machine. */
const SafeUrl = z
  .url()
  .max(500)
  .refine(
    (text) => {
      const { protocol, hostname } = new URL(text);
      return protocol === 'https:' || (protocol === 'http:' && loopbackHosts.has(hostname));
    },
    { message: 'must be https (http only on loopback)' },
  );

const ClaimName = z.string().regex(/^[A-Za-z0-9_.:/-]{1,100}$/);

/** What a claim must be: exactly one value, or a regular expression that must match all of it. */
export const ClaimRule = z.union([
  z.string().min(1).max(500),
  z.strictObject({
    pattern: z
      .string()
      .min(1)
      .max(500)
      .refine(compiles, { message: 'must be a regular expression' })
      .describe('anchored at both ends whether or not it says so'),
  }),
]);
export type ClaimRule = z.infer<typeof ClaimRule>;

/** One trusted issuer of id tokens, and which of its tokens may submit. */
export const TrustedIssuer = z.strictObject({
  issuer: SafeUrl.refine((text) => !text.includes('#'), { message: 'must have no fragment' }),
  audience: z.string().min(1).max(500),
  algorithms: z.array(IdTokenAlgorithm).min(1).default(['RS256']),
  claims: z.record(ClaimName, ClaimRule).refine((claims) => Object.keys(claims).length > 0, {
    message: 'at least one claim must be pinned: a public issuer gives tokens to everybody',
  }),
  record: z.array(ClaimName).max(32).default([]).describe('further claims kept with what is submitted'),
  jwksUri: SafeUrl.optional().describe('instead of discovery'),
  lifetimeSecondsMax: z
    .int()
    .positive()
    .max(24 * 3600)
    .default(3600)
    .describe('longer-lived tokens are refused: a stolen one can be replayed until it expires'),
});
export type TrustedIssuer = z.infer<typeof TrustedIssuer>;

/** The file that `ASSAY_OIDC_FILE` names. */
export const OidcFile = z.strictObject({
  schemaVersion: z.literal(1),
  issuers: z
    .array(TrustedIssuer)
    .min(1)
    .max(20)
    .refine((issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length, {
      message: 'an issuer is there twice',
    }),
});
export type OidcFile = z.infer<typeof OidcFile>;

/** The trusted issuers of the file's text. @throws AppError `usage` that names every fault */
export function parseTrustedIssuers(text: string): TrustedIssuer[] {
  const hint = 'deploy/oidc has examples.';
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new AppError('usage', 'The file that ASSAY_OIDC_FILE names is not JSON', { hint });
  }
  const read = OidcFile.safeParse(content);
  if (read.success) return read.data.issuers;
  const faults = read.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
  throw new AppError('usage', `The file that ASSAY_OIDC_FILE names has faults: ${faults.join('; ')}`, {
    hint,
  });
}

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
