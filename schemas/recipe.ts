import { z } from 'zod';
import { FileName } from './artifact.ts';
import { DigestSet, ObjectRef } from './digest.ts';
import { Instant, RelativePath } from './text.ts';

/** What a rebuild starts from. `url` is where it was published; a `folder` is a tar made by the submitter's CLI. */
export const Source = z.strictObject({
  kind: z.enum(['sdist', 'tarball', 'folder']),
  file: FileName,
  url: z.string().max(2048).optional(),
  ...ObjectRef.shape,
});
export type Source = z.infer<typeof Source>;

/** Debian package name, Debian policy 5.6.1. */
export const DebianPackage = z.string().regex(/^[a-z0-9][a-z0-9+.-]{1,63}$/);

/** A root file system made by mmdebstrap. The digest of what was used is a fact of the attempt, or pinned here. */
export const Environment = z.strictObject({
  kind: z.literal('debian'),
  suite: z.enum(['bookworm']),
  architecture: z.enum(['amd64', 'arm64']),
  packages: z.array(DebianPackage).max(200),
  rootfs: DigestSet.optional().describe('use exactly this root file system, by the digest of its tar'),
});
export type Environment = z.infer<typeof Environment>;

/** Names of environment variables that a recipe may set. */
export const VariableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/);

/**
 * One command, run in `cwd` under the work folder. `phase` decides whose failure it is: only `build` can end in
 * `build-failed`; `prepare` failing is ours, `dependencies` failing is an input no longer to be had.
 */
export const Step = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  phase: z.enum(['prepare', 'dependencies', 'build']),
  run: z
    .array(z.string().max(32_768))
    .min(1)
    .max(256)
    .describe('argv; nothing is given to a shell unless argv names one'),
  cwd: RelativePath.optional(),
  variables: z.record(VariableName, z.string().max(4096)).optional(),
});
export type Step = z.infer<typeof Step>;

/** Where the build's clock was taken from is part of the verdict. */
export const Clock = z.strictObject({
  sourceDateEpoch: z.int().nonnegative().optional(),
  from: z.enum(['none', 'declared', 'inferred-single', 'source-mtimes', 'replayed']),
});
export type Clock = z.infer<typeof Clock>;

/** What the gateway will serve to the build: one registry protocol, as of a date. Absent: the build reaches nothing. */
export const Registry = z.strictObject({
  protocol: z.string().regex(/^[a-z][a-z0-9-]{0,19}$/),
  before: Instant.describe('only files uploaded at or before this instant exist for the build'),
});
export type Registry = z.infer<typeof Registry>;

/** All upper bounds of one attempt. */
export const Limits = z.strictObject({
  timeSeconds: z
    .int()
    .positive()
    .max(24 * 3600),
  cpuSeconds: z
    .int()
    .positive()
    .max(24 * 3600),
  memoryBytes: z.int().positive(),
  diskBytes: z.int().positive(),
  processes: z.int().positive().max(10_000),
  logBytes: z.int().positive(),
  outputBytes: z.int().positive(),
});
export type Limits = z.infer<typeof Limits>;

export const defaultLimits: Limits = {
  timeSeconds: 1800,
  cpuSeconds: 3600,
  memoryBytes: 2 * 1024 ** 3,
  diskBytes: 2 * 1024 ** 3,
  processes: 512,
  logBytes: 8 * 1024 ** 2,
  outputBytes: 512 * 1024 ** 2,
};

/** A small file that we add to the work folder before the first step, such as a constraints file. */
export const ExtraFile = z.strictObject({ path: RelativePath, text: z.string().max(65_536) });

/** All that a rebuild needs. This document, canonically encoded, is `externalParameters.recipe` of the provenance. */
export const Recipe = z.strictObject({
  schemaVersion: z.literal(1),
  by: z.enum(['inferred', 'supplied']),
  ecosystem: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,19}$/)
    .optional(),
  source: Source,
  environment: Environment,
  clock: Clock,
  registry: Registry.optional(),
  variables: z.record(VariableName, z.string().max(4096)),
  files: z.array(ExtraFile).max(16),
  steps: z.array(Step).min(1).max(32),
  outputs: z
    .array(RelativePath)
    .min(1)
    .max(16)
    .describe('paths under the work folder; the first is compared with the artifact'),
  limits: Limits,
  notes: z.array(z.string().max(500)).max(20).describe('why this recipe: what it was inferred from'),
});
export type Recipe = z.infer<typeof Recipe>;
