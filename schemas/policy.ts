import { z } from 'zod';
import { Sha256 } from './digest.ts';
import { Level } from './level.ts';
import { comparisonPredicateType } from './predicate-types.ts';
import { Recipe, Source } from './recipe.ts';
import { KeyHint } from './trust.ts';

/** A self-managed key: whole, or by its hint where the key itself is given in another way. */
const PolicyKey = z.union([
  z.strictObject({ publicKeyPem: z.string().min(1).max(2000) }),
  z.strictObject({ hint: KeyHint }),
]);

/**
 * A pattern for the whole of a certificate's subject alternative name: `*` is any text without a slash, `**` any text.
 * Scheme and host of a URI, or the domain of an address, have to be written out: no pattern trusts a stranger's host.
 */
export const IdentityPattern = z
  .string()
  .max(500)
  .regex(
    /^(?:[a-z][a-z0-9+.-]*:\/\/[^/*@]+\/.*|[^@]*@[^@*/]+)$/s,
    'a pattern that writes out scheme and host (https://host/…) or the domain (*@domain)',
  );

/**
 * Whom a certificate has to name: its subject alternative name, exactly or by a pattern for the whole of it
 * (core/policy/identity-pattern.ts), and the issuer of the identity, always exactly: a name means nothing without it.
 */
export const CertificateIdentity = z.union([
  z.strictObject({ issuer: z.url().max(500), identity: z.string().min(1).max(1000) }),
  z.strictObject({ issuer: z.url().max(500), identityPattern: IdentityPattern }),
]);
export type CertificateIdentity = z.infer<typeof CertificateIdentity>;

const signedFor = {
  operator: z
    .string()
    .min(1)
    .max(100)
    .describe('who runs it: several signers of one operator count once towards the threshold'),
  builderIds: z
    .array(z.url().max(500))
    .min(1)
    .max(64)
    .describe('every `builder.id` (`verifier.id` of a summary) that it may sign for, each in full'),
  maximumLevel: Level.default('SLSA_BUILD_LEVEL_1').describe(
    'what it is believed at most, whatever it says: SLSA gives level 1 to a builder that nobody assessed',
  ),
};

/** One line of the table (signer identity, builder.id) → maximum level. https://slsa.dev/spec/v1.2/verifying-artifacts */
export const PolicySigner = z.union([
  z.strictObject({ ...signedFor, key: PolicyKey }),
  z.strictObject({ ...signedFor, certificate: CertificateIdentity }),
]);
export type PolicySigner = z.infer<typeof PolicySigner>;

const signers = z.array(PolicySigner).min(1).max(200);

/** A set of rebuilders, as `assay verify --rebuilders` reads it: whom to believe, without what they have to say. */
export const RebuilderSet = z.strictObject({ schemaVersion: z.literal(1), signers });
export type RebuilderSet = z.infer<typeof RebuilderSet>;

/**
 * What has to be signed about an artifact, and by whom, before somebody uses it. The same document is held against
 * bundles by `assay verify --policy` and against a rebuild of ours when a summary (VSA) is asked for. docs/policy.md
 */
export const Policy = z
  .strictObject({
    schemaVersion: z.literal(1),
    name: z.string().min(1).max(100).optional(),
    accept: z
      .array(z.enum(['reproduced', 'equivalent']))
      .min(1)
      .max(2)
      .default(['reproduced'])
      .describe('verdicts that a comparison may have'),
    refusedPasses: z
      .array(z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'the id of a pass, or all'))
      .min(1)
      .max(100)
      .optional()
      .describe('passes that an `equivalent` may not rest on, by id; `all`: on none; absent: any'),
    minimumLevel: Level.optional().describe('SLSA build level that each counted operator has to reach'),
    recipe: z
      .strictObject({ by: z.array(Recipe.shape.by).min(1).max(2) })
      .default({ by: ['inferred'] })
      .describe('who wrote the recipe: whoever supplies one could supply one that copies'),
    sources: z
      .array(z.strictObject({ kind: Source.shape.kind.optional(), urlPrefix: z.url().max(1000).optional() }))
      .min(1)
      .max(50)
      .optional()
      .describe('what a rebuild may start from, any of these; absent: anything'),
    signers: signers.describe('who is believed'),
    threshold: z.int().min(1).max(100).default(1).describe('how many operators have to say it'),
    maximumAgeDays: z.int().min(1).max(36_500).optional(),
    predicateTypes: z
      .array(z.string().min(1).max(300))
      .min(1)
      .max(10)
      .default([comparisonPredicateType])
      .describe('each operator counts with a statement of every one of these types'),
    summaryPolicies: z
      .array(z.strictObject({ sha256: Sha256 }))
      .min(1)
      .max(50)
      .optional()
      .describe('policies that a summary (VSA) may be about, by digest; absent: any'),
  })
  .refine(
    ({ threshold, signers: table }) => new Set(table.map(({ operator }) => operator)).size >= threshold,
    {
      path: ['threshold'],
      message: 'more operators than the signers have between them',
    },
  );
export type Policy = z.infer<typeof Policy>;
