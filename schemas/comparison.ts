import { z } from 'zod';
import { Cut } from './cut.ts';
import { ObjectRef } from './digest.ts';
import { RecipeChange } from './recipe-change.ts';
import { HostileText } from './text.ts';

/** One side's value of a field: bounded, hostile, or absent. */
const SideValue = HostileText.nullable();

/** One place within two contents of one format where they disagree, in the words of that format. */
export const Part = z.strictObject({
  kind: z.enum(['added', 'removed', 'changed', 'reordered']).describe('from `a` to `b`'),
  name: HostileText.describe('such as `line 12`, `$.version`, `section .comment`'),
  a: SideValue.optional(),
  b: SideValue.optional(),
  offset: z.int().nonnegative().optional().describe("in `a`'s content; in `b`'s for what was added"),
});
export type Part = z.infer<typeof Part>;

/** What a look inside two contents found. */
export const Inside = z.strictObject({
  format: z.string().max(40).describe('id of the inspector, such as json, elf, text'),
  parts: z.array(Part),
  partsTotal: z.int().nonnegative().describe('what was found; more than listed when cut'),
});
export type Inside = z.infer<typeof Inside>;

/** Where `b` has the member, where its names are others. */
const PathB = z
  .array(HostileText)
  .max(16)
  .optional()
  .describe('the same place by the names that it has in `b`, where these are others');

/** One place where artifact (`a`) and output (`b`) disagree. `path` leads through nested archives to the member. */
export const Difference = z.strictObject({
  kind: z.enum(['missing', 'extra', 'renamed', 'content', 'metadata', 'order', 'bytes']),
  path: z
    .array(HostileText)
    .max(16)
    .describe(
      'members from the outermost archive inwards, by the names that they have in `a`; empty for the file itself',
    ),
  pathB: PathB,
  field: z
    .string()
    .max(64)
    .optional()
    .describe('for metadata: the field, such as mtime, mode, create_system'),
  a: SideValue.optional().describe('the artifact'),
  b: SideValue.optional().describe("the attempt's output"),
  offset: z.int().nonnegative().optional().describe('first differing byte of the content'),
  detail: HostileText.optional().describe('one plain sentence'),
  pairedBy: z
    .enum(['role', 'content', 'folder', 'name', 'similarity'])
    .optional()
    .describe('for renamed: what the two members are taken for one by'),
  inside: Inside.optional().describe('for content: where in it, as its format divides it'),
  cause: z.string().max(64).optional().describe('id of the explainer that claims it'),
  pass: z.string().max(64).optional().describe('id of the pass that sets it aside'),
});
export type Difference = z.infer<typeof Difference>;

/** A fact of an archive that can fool a reader, whether or not both sides share it. */
export const Finding = z.strictObject({
  id: z.string().max(64),
  severity: z.enum(['info', 'warning', 'danger']),
  side: z.enum(['a', 'b', 'both']),
  path: z.array(HostileText).max(16),
  pathB: PathB,
  offset: z.int().nonnegative().optional(),
  detail: HostileText,
});
export type Finding = z.infer<typeof Finding>;

/** A normalising pass that fired, and exactly what it touched. */
export const PassUse = z.strictObject({
  id: z.string().max(64),
  title: z.string().max(200),
  members: z.array(HostileText).max(10_000),
  membersTotal: z.int().nonnegative(),
  fields: z.array(z.string().max(64)),
  bytes: z.int().nonnegative().describe('bytes set aside, both sides together'),
});
export type PassUse = z.infer<typeof PassUse>;

/** Why a difference is there: the explainer's claim, with its evidence. `confirmed` is for an experiment to set. */
export const Cause = z.strictObject({
  id: z.string().max(64),
  title: z.string().max(200),
  confidence: z.enum(['confirmed', 'likely', 'possible']),
  evidence: z.array(
    z.strictObject({
      path: z.array(HostileText).max(16),
      pathB: PathB,
      field: z.string().max(64).optional(),
      offset: z.int().nonnegative().optional(),
      a: SideValue.optional(),
      b: SideValue.optional(),
    }),
  ),
  remedy: z.string().max(2000),
  change: RecipeChange.optional().describe('what to change in the recipe, where that would do'),
});
export type Cause = z.infer<typeof Cause>;

/** What a reader reports of two files. Deterministic: the same pair gives the same report, byte for byte. */
export const Comparison = z.strictObject({
  schemaVersion: z.literal(1),
  result: z.enum(['identical', 'equivalent', 'different']),
  a: ObjectRef,
  b: ObjectRef,
  differences: z.array(Difference),
  differencesTotal: z.int().nonnegative().describe('what was found; more than listed when cut'),
  findings: z.array(Finding),
  passes: z.array(PassUse),
  causes: z.array(Cause),
  withoutSignatures: z
    .enum(['identical', 'equivalent'])
    .optional()
    .describe(
      'of different files: what they are but for the signatures in them; absent where there are none or more differs',
    ),
  cut: z.array(Cut).describe('what bounds left out; empty when all was read and all is listed'),
});
export type Comparison = z.infer<typeof Comparison>;
