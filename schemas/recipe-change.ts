import { z } from 'zod';
import { VariableName } from './recipe.ts';
import { HostileText } from './text.ts';

/** A change to a recipe (or to an `assay.yaml`) that an explainer proposes, and that an experiment can try. */
export const RecipeChange = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('clock'),
    sourceDateEpoch: z
      .int()
      .nonnegative()
      .optional()
      .describe('absent: any fixed instant, such as the date of the source'),
  }),
  z.strictObject({ kind: z.literal('variable'), name: VariableName, value: HostileText }),
  z.strictObject({ kind: z.literal('umask'), value: z.string().regex(/^0[0-7]{3}$/) }),
  z.strictObject({
    kind: z.literal('tool'),
    name: HostileText.describe('as its ecosystem names it, such as setuptools, node, javac'),
    version: HostileText,
  }),
  z.strictObject({ kind: z.literal('build-path'), path: HostileText }),
  z.strictObject({
    kind: z.literal('step'),
    run: z
      .string()
      .max(2000)
      .describe('a line for /bin/sh -e, after the build and before its output is taken'),
  }),
]);
export type RecipeChange = z.infer<typeof RecipeChange>;
