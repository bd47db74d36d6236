import { z } from 'zod';
import { FileName, Purl } from './artifact.ts';
import { DigestSet } from './digest.ts';
import { AttemptFacts } from './jobs.ts';
import { recipeBuildType } from './predicate-types.ts';
import { Limits, Recipe } from './recipe.ts';
import { Instant } from './text.ts';

/** SLSA `builder`: its id alone decides what a verifier believes. https://slsa.dev/spec/v1.2/build-provenance#builder */
export const Builder = z.strictObject({
  id: z.url().max(500),
  version: z.record(z.string().max(40), z.string().max(100)).optional(),
});
export type Builder = z.infer<typeof Builder>;

/** A URI by its characters, RFC 3986: a scheme, and nothing that would have to be escaped. */
export const Uri = z
  .string()
  .max(2048)
  .regex(
    /^[A-Za-z][A-Za-z0-9+.-]*:(?:\/\/\[[0-9A-Fa-f:.]{2,45}\])?(?!\?)(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+(?:#(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?$/,
    'a URI with its scheme',
  );

/**
 * in-toto ResourceDescriptor as Assay writes it: always with a digest.
 * https://github.com/in-toto/attestation/blob/main/spec/v1/resource_descriptor.md
 */
export const ResourceDescriptor = z.strictObject({
  name: z.string().min(1).max(255).optional(),
  uri: Uri.optional(),
  digest: DigestSet,
  mediaType: z.string().max(200).optional(),
  annotations: z.record(z.string().max(40), z.string().max(200)).optional(),
});
export type ResourceDescriptor = z.infer<typeof ResourceDescriptor>;

/** `externalParameters` of build type recipe/v1: all that somebody outside can set. Anything else is refused. */
export const ExternalParameters = z.strictObject({
  recipe: Recipe,
  artifact: z
    .strictObject({ purl: Purl.optional(), file: FileName })
    .describe('what was asked to be rebuilt; the build is refused this file by name and by digest'),
});
export type ExternalParameters = z.infer<typeof ExternalParameters>;

/** `internalParameters` of build type recipe/v1: what the builder itself decided. */
export const InternalParameters = z.strictObject({
  attempt: z.int().positive().optional(),
  limits: Limits,
  sandbox: AttemptFacts.shape.sandbox,
  replayOf: z
    .uuid()
    .optional()
    .describe('the rebuild whose record the gateway served from; absent: it asked the registries'),
});

/** Predicate `https://slsa.dev/provenance/v1` of an attempt's output, build type recipe/v1. */
export const ProvenancePredicate = z.strictObject({
  buildDefinition: z.strictObject({
    buildType: z.literal(recipeBuildType),
    externalParameters: ExternalParameters,
    internalParameters: InternalParameters,
    resolvedDependencies: z.array(ResourceDescriptor).min(2),
  }),
  runDetails: z.strictObject({
    builder: Builder,
    metadata: z.strictObject({
      invocationId: z.string().max(200),
      startedOn: Instant,
      finishedOn: Instant,
    }),
    byproducts: z.array(ResourceDescriptor),
  }),
});
export type ProvenancePredicate = z.infer<typeof ProvenancePredicate>;
