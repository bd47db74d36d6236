import { z } from 'zod';
import { FileName, Purl } from './artifact.ts';
import { Cause, Comparison, Difference, Finding, PassUse } from './comparison.ts';
import { Cut } from './cut.ts';
import { DigestSet, ObjectRef } from './digest.ts';
import { AttemptFacts, Output } from './jobs.ts';
import { Fact, Level } from './level.ts';
import { Clock, Recipe, Source } from './recipe.ts';
import { Builder } from './provenance-predicate.ts';
import { Instant } from './text.ts';
import { Verdict } from './verdict.ts';

/** How much of a report is listed in a statement; the totals beside the lists are of the whole report. */
export const listedMax = { differences: 100, findings: 100, causes: 20, evidence: 10, members: 100 } as const;

/** What two files were found to be to each other, cut to what a statement can carry. */
export const ComparedFiles = z.strictObject({
  output: z.strictObject({ file: Output.shape.file, ...ObjectRef.shape }).describe('what the attempt built'),
  result: Comparison.shape.result,
  withoutSignatures: Comparison.shape.withoutSignatures,
  passes: z
    .array(PassUse.extend({ members: PassUse.shape.members.max(listedMax.members) }))
    .describe('normalising passes that fired, with what each touched'),
  differences: z.array(Difference.omit({ inside: true })).max(listedMax.differences),
  differencesTotal: z.int().nonnegative(),
  findings: z.array(Finding).max(listedMax.findings),
  findingsTotal: z.int().nonnegative(),
  causes: z
    .array(Cause.extend({ evidence: Cause.shape.evidence.max(listedMax.evidence) }))
    .max(listedMax.causes),
  cut: z.array(Cut).describe('what bounds left out, of the report or of this statement'),
});
export type ComparedFiles = z.infer<typeof ComparedFiles>;

/** As versions 1 and 2 said it. */
const ComparedFilesBefore3 = ComparedFiles.omit({ withoutSignatures: true }).extend({
  cut: z.array(z.string().max(200)),
});

/** The attempt that the verdict rests on. */
export const StatedAttempt = z.strictObject({
  number: z.int().positive().optional(),
  sandbox: AttemptFacts.shape.sandbox,
  rootfs: DigestSet,
  steps: AttemptFacts.shape.steps,
  log: ObjectRef.optional(),
});
export type StatedAttempt = z.infer<typeof StatedAttempt>;

const Stated = z.strictObject({
  builder: Builder.describe('who rebuilt and signed; a verifier binds the signer to its id'),
  verdict: Verdict,
  artifact: z.strictObject({ purl: Purl.optional(), file: FileName, size: z.int().nonnegative() }),
  source: z
    .strictObject({
      kind: Source.shape.kind,
      file: FileName,
      url: Source.shape.url,
      digest: DigestSet,
    })
    .optional(),
  recipe: z
    .strictObject({
      by: Recipe.shape.by,
      digest: DigestSet.describe('of the recipe as canonical JSON, RFC 8785'),
      author: z.string().max(500).optional().describe('who supplied it'),
    })
    .optional(),
  clock: Clock.optional(),
  attempt: StatedAttempt.optional(),
  rebuild: z.strictObject({ id: z.uuid(), nonce: z.string().max(64) }),
  timestamps: z.strictObject({
    submittedAt: Instant,
    startedOn: Instant.optional(),
    finishedOn: Instant.optional(),
  }),
  level: Level.describe('of the artifact: 0 unless its provenance was made by this rebuild'),
  facts: z.array(Fact).max(64),
});

const whatCompares = 'for reproduced, equivalent and different';

/**
 * Predicate `https://assay.dev/comparison/v1`: what a rebuild says of a published artifact, negative verdicts too. The
 * statement's one subject is the artifact. Unknown members are refused: an addition gets a new `schemaVersion`. We state
 * the last one only. docs/predicates/comparison-v1.md
 */
export const ComparisonPredicate = z.discriminatedUnion('schemaVersion', [
  Stated.extend({
    schemaVersion: z.literal(3),
    comparison: ComparedFiles.optional().describe(whatCompares),
  }),
  Stated.extend({
    schemaVersion: z
      .literal([1, 2])
      .describe(
        '1: before the facts no-shared-volume and no-root-equivalent were stated; 2: before cuts had a kind',
      ),
    comparison: ComparedFilesBefore3.optional().describe(whatCompares),
  }),
]);
export type ComparisonPredicate = z.infer<typeof ComparisonPredicate>;

/** What we state. */
export type CurrentComparisonPredicate = Extract<ComparisonPredicate, { schemaVersion: 3 }>;
