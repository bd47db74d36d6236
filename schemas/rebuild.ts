import { z } from 'zod';
import { Artifact, FileName, Purl, Visibility } from './artifact.ts';
import { Cause, Difference, Finding, PassUse } from './comparison.ts';
import { DigestSet, ObjectRef, Sha256 } from './digest.ts';
import { JobKind } from './jobs.ts';
import { Level } from './level.ts';
import { Clock, Recipe, Source } from './recipe.ts';
import { Summary } from './summary.ts';
import { HostileText, Instant } from './text.ts';
import { LookupKind, Reason } from './verdict.ts';

/** Body of `POST /v1/rebuilds`. What is uploaded goes first to `PUT /v1/uploads/sha256:…`; the body names it by digest. */
export const RebuildRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('purl'), purl: Purl, file: FileName.optional() }),
  z.strictObject({
    kind: z.literal('supplied'),
    artifact: z.strictObject({ purl: Purl.optional(), file: FileName, digest: DigestSet }),
    recipe: Recipe,
  }),
  z.strictObject({
    kind: z.literal('replay'),
    of: z.uuid().describe('a finished rebuild, made again from its record with no network'),
  }),
]);
export type RebuildRequest = z.infer<typeof RebuildRequest>;

/** One attempt, as shown. */
export const AttemptView = z.strictObject({
  number: z.int().positive(),
  outcome: z.enum(['pending', 'built', 'build-failed', 'not-established']),
  recipe: z.strictObject({ notes: z.array(z.string()), digest: DigestSet }),
  output: z.strictObject({ file: FileName, ...ObjectRef.shape }).optional(),
  sandbox: z.string().optional(),
  rootfs: DigestSet.optional(),
  startedOn: Instant.optional(),
  finishedOn: Instant.optional(),
  log: ObjectRef.optional(),
  reason: Reason.optional(),
  detail: HostileText.optional(),
});
export type AttemptView = z.infer<typeof AttemptView>;

/**
 * `complete`: signed, with every witness that is configured. `unlogged`: stated, but signer, time stamp or log could not
 * be had; it is completed by itself. `revoked`: its key was revoked; it is signed again with the present one. Only what is
 * complete has a bundle.
 */
export const AttestationState = z.enum(['complete', 'unlogged', 'revoked']);
export type AttestationState = z.infer<typeof AttestationState>;

/** One statement about a rebuild, as shown. */
export const AttestationView = z.strictObject({
  predicateType: z.string(),
  subject: DigestSet,
  state: AttestationState,
  statement: DigestSet.optional().describe('of the bytes that are signed, which never change'),
  digest: DigestSet.optional().describe('of the bundle; absent unless complete'),
  size: z.int().optional().describe('of the bundle, in bytes'),
  logged: z.boolean().optional().describe('whether a transparency log holds the bundle’s entry'),
  file: z.string().optional(),
});
export type AttestationView = z.infer<typeof AttestationView>;

/**
 * What a person or a script gets: `assay rebuild --format json`, `GET /v1/rebuilds/{id}` and look-ups. While work goes
 * on `verdict` is `pending`. Data that somebody else wrote is hostile text.
 */
export const RebuildResult = z.strictObject({
  schemaVersion: z.literal(1),
  verdict: LookupKind,
  reason: Reason.optional(),
  retryable: z.boolean(),
  detail: HostileText,
  artifact: Artifact.partial({ digest: true, size: true, file: true }),
  source: z
    .strictObject({ kind: Source.shape.kind, file: FileName, url: z.string().optional(), digest: DigestSet })
    .optional(),
  recipe: z
    .strictObject({ by: Recipe.shape.by, author: z.string().optional(), digest: DigestSet, recipe: Recipe })
    .optional(),
  level: Level,
  clock: Clock.optional(),
  passes: z.array(PassUse),
  differences: z.array(Difference),
  differencesTotal: z.int().nonnegative(),
  findings: z.array(Finding),
  causes: z.array(Cause),
  attempts: z.array(AttemptView),
  attestations: z.array(AttestationView),
  summaries: z.array(Summary).max(50).optional().describe('each policy that was asked for'),
  rebuild: z.strictObject({
    id: z.uuid(),
    createdAt: Instant,
    finishedAt: Instant.optional(),
    visibility: Visibility,
    submitter: z.string().optional(),
    replayOf: z.uuid().optional(),
    stage: JobKind.optional().describe('what is being done while pending'),
  }),
});
export type RebuildResult = z.infer<typeof RebuildResult>;

/** One event of `GET /v1/rebuilds/{id}/events` (SSE; the event id is `seq`). */
export const RebuildEvent = z.strictObject({
  seq: z.int().positive(),
  at: Instant,
  type: z.enum(['stage', 'step', 'log', 'note', 'verdict', 'attestation']),
  stage: JobKind.optional(),
  attempt: z.int().positive().optional(),
  name: z.string().max(64).optional(),
  state: z.enum(['queued', 'started', 'ended', ...AttestationState.options]).optional(),
  stream: z.enum(['stdout', 'stderr']).optional(),
  text: HostileText.optional(),
});
export type RebuildEvent = z.infer<typeof RebuildEvent>;

/** Answer of a look-up: the one verdict that the rule in core/verdict/answer.ts picks, or `pending` / `unknown`. */
export const Lookup = z.strictObject({
  schemaVersion: z.literal(1),
  query: z.strictObject({ purl: Purl.optional(), sha256: Sha256.optional() }),
  verdict: LookupKind,
  detail: HostileText,
  result: RebuildResult.optional(),
  supplied: z
    .array(RebuildResult)
    .max(20)
    .describe('verdicts of supplied recipes, apart, under their authors'),
});
export type Lookup = z.infer<typeof Lookup>;
