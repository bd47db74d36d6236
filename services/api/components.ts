import { z } from '@hono/zod-openapi';
import { Artifact } from '#schemas/artifact.ts';
import { ObjectRef } from '#schemas/digest.ts';
import { Level } from '#schemas/level.ts';
import { LevelReport as LevelReportSchema } from '#schemas/level-report.ts';
import {
  AttestationView,
  Lookup as LookupSchema,
  RebuildEvent as RebuildEventSchema,
  RebuildRequest as RebuildRequestSchema,
  RebuildResult as RebuildResultSchema,
} from '#schemas/rebuild.ts';
import { Summary as SummarySchema, SummaryRequest as SummaryRequestSchema } from '#schemas/summary.ts';
import { HostileText, Instant } from '#schemas/text.ts';
import { PublishedKey, TrustDocument as TrustDocumentSchema } from '#schemas/trust.ts';
import { LookupKind } from '#schemas/verdict.ts';
import { StoredToken as StoredTokenSchema } from '#services/identity/token-store.ts';

/** The shared schemas under the names that the OpenAPI document gives them. */
// Cloned: the schema was made before @hono/zod-openapi gave schemas a method `openapi`; schemas/ knows zod alone.
export const RebuildResult = RebuildResultSchema.clone().openapi('RebuildResult');
export const RebuildRequest = RebuildRequestSchema.clone().openapi('RebuildRequest');
export const RebuildEvent = RebuildEventSchema.clone().openapi('RebuildEvent');
export const LevelReport = LevelReportSchema.clone().openapi('LevelReport');
export const SummaryRequest = SummaryRequestSchema.clone().openapi('SummaryRequest');
export const Summary = SummarySchema.clone().openapi('Summary');
export const StoredObject = ObjectRef.clone().openapi('Object');
export const StoredToken = StoredTokenSchema.clone().openapi('Token');
export const Lookup = LookupSchema.extend({
  result: RebuildResult.optional(),
  supplied: z.array(RebuildResult).max(20),
}).openapi('Lookup');

export const RebuildPage = z
  .strictObject({
    items: z.array(RebuildResult),
    next: z.string().optional().describe('cursor of the next page; also in Link'),
  })
  .openapi('RebuildPage');

export const SigningKeys = z.strictObject({ keys: z.array(PublishedKey) }).openapi('SigningKeys');
export const TrustDocument = TrustDocumentSchema.clone().openapi('TrustDocument');

export const Attestations = z
  .strictObject({
    attestations: z.array(
      z.strictObject({
        predicateType: z.string(),
        digest: z.string().describe('sha256 of the bundle, which is also an object'),
        bundle: z.unknown().describe('a Sigstore bundle v0.3'),
      }),
    ),
  })
  .openapi('Attestations');

/** The answer to one query of a batch: what a gate needs, without the differences. */
export const VerdictSummary = z
  .strictObject({
    query: LookupSchema.shape.query,
    verdict: LookupKind,
    detail: HostileText,
    artifact: Artifact.partial({ digest: true, size: true, file: true }).optional(),
    level: Level.optional(),
    rebuildId: z.uuid().optional(),
    finishedAt: Instant.optional(),
    attestations: z.array(AttestationView.pick({ predicateType: true, state: true, digest: true })),
    supplied: z.int().nonnegative().describe('verdicts of supplied recipes, to be read one by one'),
    error: z
      .string()
      .optional()
      .describe('code of an error that only this query met; verdict is then unknown'),
  })
  .openapi('VerdictSummary');
export type VerdictSummary = z.infer<typeof VerdictSummary>;
