import { z } from 'zod';
import { DigestSet } from './digest.ts';
import { Uri } from './provenance-predicate.ts';
import { Instant } from './text.ts';
import { reproducedProperty, VerifiedLevel } from './verified-level.ts';

/** SLSA version whose rules our summaries follow. */
export const slsaVersion = '1.2';

/** An attestation that the verdict on the policy rests on, by the digest of its statement: it may be signed again. */
export const InputAttestation = z.strictObject({
  name: z.string().min(1).max(300).describe('its predicate type'),
  digest: DigestSet.describe('of the statement, the payload of its envelope'),
  mediaType: z.literal('application/vnd.in-toto+json'),
});
export type InputAttestation = z.infer<typeof InputAttestation>;

/**
 * Predicate `https://slsa.dev/verification_summary/v1` as Assay signs it: whether one artifact met one policy. The
 * statement's one subject is the artifact. `dependencyLevels` is absent: nothing is claimed about dependencies.
 * docs/predicates/verification-summary-v1.md
 */
export const VsaPredicate = z
  .strictObject({
    verifier: z.strictObject({
      id: z.url().max(500),
      version: z.record(z.string().max(40), z.string().max(100)).optional(),
    }),
    timeVerified: Instant,
    resourceUri: Uri.describe('purl of the artifact'),
    policy: z.strictObject({
      uri: Uri,
      digest: DigestSet.describe('of the policy as canonical JSON, RFC 8785'),
    }),
    inputAttestations: z.array(InputAttestation).min(1).max(16).describe('all that were used'),
    verificationResult: z.enum(['PASSED', 'FAILED']),
    verifiedLevels: z.array(VerifiedLevel).min(1).max(2),
    slsaVersion: z.literal(slsaVersion),
  })
  .refine(({ verificationResult, verifiedLevels }) => levelsAgree(verificationResult, verifiedLevels), {
    path: ['verifiedLevels'],
    message: 'FAILED alone where the policy was not met; else one level, and the property once at most',
  });
export type VsaPredicate = z.infer<typeof VsaPredicate>;

/**
 * The same as anybody may write it: unknown members are ignored (the specification's parsing rules), which nothing of
 * ours relies on; other tracks' levels and custom values are told as they are.
 */
export const AnyVsaPredicate = z.object({
  verifier: z.object({ id: z.url().max(500) }),
  timeVerified: Instant.optional(),
  resourceUri: z.string().min(1).max(2048),
  policy: z.object({
    uri: z.string().min(1).max(2048),
    digest: z.record(z.string().max(40), z.string().max(200)).optional(),
  }),
  verificationResult: z.enum(['PASSED', 'FAILED']),
  verifiedLevels: z.array(z.string().min(1).max(100)).max(64),
  slsaVersion: z.string().max(20).optional(),
});
export type AnyVsaPredicate = z.infer<typeof AnyVsaPredicate>;

function levelsAgree(result: 'PASSED' | 'FAILED', levels: readonly VerifiedLevel[]): boolean {
  if (result === 'FAILED') return levels.length === 1 && levels[0] === 'FAILED';
  const ofTrack = levels.filter((level) => level !== reproducedProperty);
  return ofTrack.length === 1 && ofTrack[0] !== 'FAILED' && new Set(levels).size === levels.length;
}
