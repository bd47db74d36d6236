import { z } from 'zod';
import { Instant } from './text.ts';

/** base64 of the sha256 of a public key's SPKI DER: how Sigstore bundles name a self-managed key. */
export const KeyHint = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'base64 of a sha256');
export type KeyHint = z.infer<typeof KeyHint>;

/**
 * A key that a service signs or signed with, and when what it signed is to be believed: from `validFrom` on; where it
 * was retired, until then (a verifier needs a trusted time for that); where it was revoked, never.
 */
export const PublishedKey = z.strictObject({
  hint: KeyHint,
  publicKeyPem: z.string().startsWith('-----BEGIN PUBLIC KEY-----').max(4096),
  builderId: z
    .string()
    .min(1)
    .max(500)
    .describe('the deployment; it signs for the builders of its isolation modes and for nobody else'),
  validFrom: Instant,
  retiredAt: Instant.optional(),
  revokedAt: Instant.optional(),
});
export type PublishedKey = z.infer<typeof PublishedKey>;

/** Largest `trusted_root.json` that is taken. */
export const trustedRootBytesMax = 1024 ** 2;

/**
 * Answer of `GET /v1/trusted-root`: all that a service offers to be verified with. A document that comes from the service
 * it is to check proves little by itself: compare it with one that reached you another way.
 */
export const TrustDocument = z.strictObject({
  schemaVersion: z.literal(1),
  keys: z.array(PublishedKey).max(1000),
  sigstore: z
    .string()
    .max(trustedRootBytesMax)
    .optional()
    .describe('the operator’s Sigstore `trusted_root.json`, byte for byte, as text'),
});
export type TrustDocument = z.infer<typeof TrustDocument>;
