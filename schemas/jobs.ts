import { z } from 'zod';
import { Artifact, FileName, Purl, Visibility } from './artifact.ts';
import { Comparison } from './comparison.ts';
import { DigestSet, ObjectRef, Sha256 } from './digest.ts';
import { Fact, Level } from './level.ts';
import { Canary, WorkerPlace } from './place.ts';
import { Recipe, Source } from './recipe.ts';
import { Policy } from './policy.ts';
import { SummaryOutcome } from './summary.ts';
import { HostileText, Instant, RelativePath } from './text.ts';
import { KeyHint } from './trust.ts';
import { Reason, Verdict } from './verdict.ts';

/** Common end of a job whose work could not be established. Whose fault it is follows from `reason`. */
const NotEstablished = z.strictObject({
  outcome: z.literal('not-established'),
  verdict: z.enum(['unsupported', 'inconclusive']),
  reason: Reason,
  retryable: z.boolean(),
  detail: HostileText,
});

// resolve: finds artifact, source and recipes
export const ResolveInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('purl'), purl: Purl, file: FileName.optional() }),
  z.strictObject({ kind: z.literal('supplied'), artifact: Artifact, recipe: Recipe }),
  z.strictObject({ kind: z.literal('recheck'), artifact: Artifact.required({ purl: true }) }),
]);
export type ResolveInput = z.infer<typeof ResolveInput>;

export const ResolveReport = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('resolved'),
    artifact: Artifact,
    source: Source,
    recipes: z.array(Recipe).min(1).max(8).describe('most likely first'),
    uploadedAt: Instant.optional(),
  }),
  z.strictObject({
    outcome: z.literal('unchanged').describe('recheck: the registry still names the same digest'),
  }),
  NotEstablished.extend({ artifact: Artifact.optional() }),
]);
export type ResolveReport = z.infer<typeof ResolveReport>;

// rebuild: one attempt, in a sandbox
export const RebuildInput = z.strictObject({
  recipe: Recipe,
  attempt: z.int().positive(),
  gateway: z.strictObject({ token: z.string(), mode: z.enum(['record', 'replay']) }).optional(),
  canaries: z.array(Canary).max(32).optional().describe('what the attempt shall try to reach, and must not'),
});
export type RebuildInput = z.infer<typeof RebuildInput>;

export const RootfsPackage = z.strictObject({
  name: z.string().max(100),
  version: z.string().max(100),
  architecture: z.string().max(20),
  sha256: Sha256,
});
export type RootfsPackage = z.infer<typeof RootfsPackage>;

/** What the worker established of where and how the attempt ran. */
export const AttemptFacts = z.strictObject({
  sandbox: z.strictObject({
    kind: z.enum(['bubblewrap', 'docker']),
    runtime: z.string().max(40).describe('such as runc, runsc or bwrap 0.8.0'),
    unlimited: z.array(z.string().max(100)).describe('limits that this host could not set'),
  }),
  rootfs: z.strictObject({ digest: DigestSet, packages: z.array(RootfsPackage).max(2000) }),
  facts: z.array(Fact),
  place: WorkerPlace.optional().describe('where the worker was; the attester judges it'),
  startedOn: Instant,
  finishedOn: Instant,
  steps: z.array(
    z.strictObject({ name: z.string(), exitCode: z.int().nullable(), durationMs: z.int().nonnegative() }),
  ),
  log: ObjectRef.optional(),
});
export type AttemptFacts = z.infer<typeof AttemptFacts>;

export const Output = z.strictObject({ path: RelativePath, file: FileName, ...ObjectRef.shape });
export type Output = z.infer<typeof Output>;

export const RebuildReport = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('built'), outputs: z.array(Output).min(1).max(16), ran: AttemptFacts }),
  z.strictObject({
    outcome: z.literal('build-failed'),
    reason: Reason,
    step: z.string().max(40),
    exitCode: z.int().nullable(),
    detail: HostileText,
    ran: AttemptFacts,
  }),
  NotEstablished.extend({ ran: AttemptFacts.optional() }),
]);
export type RebuildReport = z.infer<typeof RebuildReport>;

// compare: artifact against output, by a reader
export const CompareInput = z.strictObject({ artifact: Artifact, output: Output });
export type CompareInput = z.infer<typeof CompareInput>;

export const CompareReport = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('compared'),
    comparison: Comparison,
    reader: z.strictObject({ confinement: z.string().max(200) }),
  }),
  NotEstablished,
]);
export type CompareReport = z.infer<typeof CompareReport>;

// attest: digests both sides itself, builds the statements, signs

/** A statement of the attester's, known by its bytes, which never change, however often it is signed. */
export const Stated = z.strictObject({
  predicateType: z.string().max(300),
  subject: DigestSet,
  statement: ObjectRef.describe('the statement, canonical JSON, as an object'),
});
export type Stated = z.infer<typeof Stated>;

/**
 * What is asked of the attester: to state a verdict; to sign again what it stated when a witness was away; or to hold what
 * it stated against a policy, and to sign the result.
 */
export const AttestTask = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('state') }),
  z.strictObject({ kind: z.literal('complete'), stated: z.array(Stated).max(8) }),
  z.strictObject({
    kind: z.literal('summarize'),
    policy: Policy,
    askedAt: Instant.describe('what ages are counted from'),
    stated: z.array(Stated).min(1).max(8),
  }),
]);
export type AttestTask = z.infer<typeof AttestTask>;

export const AttestInput = z.strictObject({
  task: AttestTask.default({ kind: 'state' }),
  visibility: Visibility.default('private').describe('nothing of what is private is sent to a log'),
  withdrawnKeys: z
    .array(KeyHint)
    .max(1000)
    .default([])
    .describe('retired or revoked: nothing is signed with'),
  rebuildId: z.uuid(),
  invocationNonce: z.string().max(64),
  verdict: Verdict,
  artifact: Artifact.optional().describe('absent when no artifact was found: then nothing is signed'),
  recipe: Recipe.optional(),
  attempt: z.int().positive().optional().describe('number of the attempt that `output` and `ran` are of'),
  output: Output.optional(),
  ran: AttemptFacts.optional(),
  served: z.array(z.strictObject({ uri: z.string().max(2048), sha256: Sha256, kind: z.string() })),
  comparisons: z.array(Comparison).max(2),
  submitter: z.string().max(500).optional(),
  submittedAt: Instant,
  replayOf: z.uuid().optional().describe('the rebuild whose record the build was served from'),
  facts: z.array(Fact),
});
export type AttestInput = z.infer<typeof AttestInput>;

/** What a bundle was witnessed by. */
export const Witnessed = z.strictObject({
  log: z.boolean().describe('a transparency log holds an entry, and its inclusion proof is in the bundle'),
  timestamp: z.boolean().describe('an RFC 3161 time stamp of the signature is in the bundle'),
});
export type Witnessed = z.infer<typeof Witnessed>;

/** A statement with its bundle; without one where signer or a witness could not be had: it is completed later. */
export const Attestation = Stated.extend({
  bundle: z
    .strictObject({
      ...ObjectRef.shape,
      keyHint: KeyHint.optional().describe('absent where a certificate in the bundle names the signer'),
      witnessed: Witnessed,
    })
    .optional()
    .describe('the Sigstore bundle, as an object'),
});
export type Attestation = z.infer<typeof Attestation>;

export const CompletedAttestation = Attestation.required({ bundle: true });
export type CompletedAttestation = z.infer<typeof CompletedAttestation>;

export const AttestReport = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('attested'), attestations: z.array(Attestation).max(8), level: Level }),
  z.strictObject({
    outcome: z.literal('completed').describe('what was stated before, now with bundles'),
    attestations: z.array(CompletedAttestation).max(8),
  }),
  z.strictObject({
    outcome: z.literal('summarized').describe('a verification summary, signed'),
    summary: SummaryOutcome,
    attestation: CompletedAttestation,
  }),
  z.strictObject({
    outcome: z.literal('refused'),
    detail: HostileText.describe('what contradicted the bytes'),
  }),
]);
export type AttestReport = z.infer<typeof AttestReport>;

/**
 * The job catalogue: every kind of work, what it is given, what it reports, how long a worker may be silent and how
 * often it is tried when the fault is ours. A queue message carries `{ jobId }` only.
 */
export const jobCatalogue = {
  resolve: { input: ResolveInput, report: ResolveReport, leaseSeconds: 15, triesMax: 4 },
  rebuild: { input: RebuildInput, report: RebuildReport, leaseSeconds: 15, triesMax: 4 },
  compare: { input: CompareInput, report: CompareReport, leaseSeconds: 15, triesMax: 4 },
  attest: { input: AttestInput, report: AttestReport, leaseSeconds: 15, triesMax: 1000 },
} as const;

export const JobKind = z.enum(['resolve', 'rebuild', 'compare', 'attest']);
export type JobKind = z.infer<typeof JobKind>;
export type JobInput<K extends JobKind> = z.infer<(typeof jobCatalogue)[K]['input']>;
export type JobReport<K extends JobKind> = z.infer<(typeof jobCatalogue)[K]['report']>;

/** What the queue carries. */
export const QueueMessage = z.strictObject({ jobId: z.uuid() });
export type QueueMessage = z.infer<typeof QueueMessage>;

/** Answer to a claim. `token` is this attempt's only credential; it dies with the fence. */
export const Lease = z.strictObject({
  jobId: z.uuid(),
  rebuildId: z.uuid(),
  kind: JobKind,
  fence: z.int().positive(),
  token: z.string(),
  leaseSeconds: z.int().positive(),
  input: z.unknown().describe("the kind's input schema"),
});
export type Lease = z.infer<typeof Lease>;

/** Progress that a worker reports while it holds a lease. */
export const ProgressEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('step'),
    name: z.string().max(40),
    state: z.enum(['started', 'ended']),
    exitCode: z.int().nullable().optional(),
  }),
  z.strictObject({ type: z.literal('log'), stream: z.enum(['stdout', 'stderr']), line: HostileText }),
  z.strictObject({ type: z.literal('note'), text: HostileText }),
]);
export type ProgressEvent = z.infer<typeof ProgressEvent>;
