import { z } from 'zod';
import { Instant, RelativePath } from './text.ts';
import { DebianPackage, Limits, VariableName } from './recipe.ts';

/** `assay.yaml`: a recipe as a release manager writes it. Paths are relative to the file. */
export const RecipeFile = z.strictObject({
  schemaVersion: z.literal(1),
  source: z.strictObject({
    path: z.string().min(1).max(1024).describe('a folder or a tarball, relative to assay.yaml'),
    exclude: z.array(z.string().max(256)).max(100).optional().describe('globs left out of a folder'),
  }),
  environment: z.strictObject({
    suite: z.enum(['bookworm']).default('bookworm'),
    packages: z.array(DebianPackage).max(200).default([]),
  }),
  clock: z.strictObject({ sourceDateEpoch: z.int().nonnegative() }).optional(),
  registry: z.strictObject({ protocol: z.string().max(20), before: Instant }).optional(),
  variables: z.record(VariableName, z.string().max(4096)).default({}),
  steps: z
    .array(
      z.union([
        z.string().min(1).max(32_768).describe('a line for /bin/sh -e'),
        z.strictObject({ name: z.string().max(40).optional(), run: z.array(z.string()).min(1).max(256) }),
      ]),
    )
    .min(1)
    .max(32),
  outputs: z.array(RelativePath).min(1).max(16),
  limits: Limits.pick({ timeSeconds: true, memoryBytes: true, diskBytes: true, processes: true })
    .partial()
    .optional(),
});
export type RecipeFile = z.infer<typeof RecipeFile>;
