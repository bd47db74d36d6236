import { z } from 'zod';
import { Cause, Comparison } from './comparison.ts';
import { DigestSet, ObjectRef } from './digest.ts';
import { RecipeChange } from './recipe-change.ts';
import { HostileText } from './text.ts';

/** What came of one thing that was varied, or held fixed, between two builds of one recipe. */
export const VariationResult = z.strictObject({
  id: z.string().max(40),
  title: z.string().max(100),
  how: z.string().max(300),
  outcome: z
    .enum(['same', 'differs', 'build-failed', 'declared', 'not-possible', 'not-tried'])
    .describe('`declared`: the recipe says it, so it is not varied; `not-possible`: not on this host'),
  detail: HostileText.optional().describe('why, where it was not varied or the build failed'),
});
export type VariationResult = z.infer<typeof VariationResult>;

/** Variations from which something comes only where all of them are there, and not where one is left out. */
export const SetResult = z.strictObject({
  ids: z.array(z.string().max(40)).min(2).max(40),
  title: z.string().max(1000),
  outcome: z.enum(['differs', 'build-failed']),
  detail: HostileText.optional().describe('how the build failed'),
});
export type SetResult = z.infer<typeof SetResult>;

/** A change to the recipe that was tried. */
export const TriedFix = z.strictObject({
  change: RecipeChange,
  outcome: z.enum(['works', 'does-not', 'build-failed', 'not-tried']),
  detail: HostileText,
});
export type TriedFix = z.infer<typeof TriedFix>;

/** A cause that an experiment has proven (`confirmed`), or that explainers see and no experiment could. */
export const CheckCause = z.strictObject({
  ...Cause.shape,
  output: HostileText.describe('which output, by its path in the recipe'),
  proof: HostileText.describe('the experiment, in a sentence'),
  together: z
    .array(z.strictObject({ id: z.string().max(40), title: z.string().max(100) }))
    .optional()
    .describe('the variations that must come together for it; absent where one does it alone'),
  fix: TriedFix.optional(),
});
export type CheckCause = z.infer<typeof CheckCause>;

/** A file that a build was given by the registry that its recipe asks. */
export const CheckInput = z.strictObject({
  project: HostileText.optional(),
  version: HostileText.optional(),
  file: HostileText,
  url: HostileText.optional().describe('without credentials'),
  ...ObjectRef.shape,
  only: z
    .array(HostileText)
    .optional()
    .describe('dependency drift: not all builds were given it, but these, by what they were made for'),
});
export type CheckInput = z.infer<typeof CheckInput>;

/** What `assay check` found: whether a recipe gives the same bytes elsewhere, and whether it gives the candidate's. */
export const CheckReport = z.strictObject({
  schemaVersion: z.literal(1),
  result: z
    .enum(['reproducible', 'candidate-differs', 'not-reproducible', 'build-failed', 'not-established'])
    .describe('`candidate-differs`: what was built is the same each time, but not what the candidate is'),
  detail: HostileText.describe('one plain sentence'),
  bytes: z
    .enum(['identical', 'equivalent', 'different'])
    .optional()
    .describe(
      'the most that any two files differ which were compared: of two builds, of candidate and build',
    ),
  candidate: Comparison.optional().describe('`a`: the candidate, `b`: the build by the recipe'),
  outputs: z.array(z.strictObject({ path: HostileText, ...ObjectRef.shape })),
  environment: z.strictObject({ sandbox: z.string().max(80), rootfs: DigestSet }),
  inputs: z.array(CheckInput).optional().describe('of the registry, as of one moment; absent without one'),
  log: z
    .array(HostileText)
    .max(40)
    .optional()
    .describe('the end of the log of a build by the recipe that failed'),
  varied: z.array(VariationResult).describe('empty without --vary'),
  together: z
    .array(SetResult)
    .optional()
    .describe('what comes only of several variations at once; absent without --vary'),
  held: z.array(VariationResult).describe('what was held fixed because two builds differed by themselves'),
  causes: z.array(CheckCause),
  differing: z
    .array(z.strictObject({ output: HostileText, comparison: Comparison }))
    .describe('`a`: built by the recipe, `b`: built with all that can be varied varied'),
  unexplained: z.int().nonnegative().describe('differences that no experiment led to a cause'),
  builds: z.int().nonnegative(),
  buildsMax: z.int().positive(),
  failed: z.int().nonnegative().optional().describe('how many of the builds failed; absent: none'),
  cut: z.array(z.string().max(300)).describe('what was left out, and how to see it'),
});
export type CheckReport = z.infer<typeof CheckReport>;
