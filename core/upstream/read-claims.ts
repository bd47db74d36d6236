import { z } from 'zod';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import { VerdictKind } from '#schemas/verdict.ts';
import type { Claims, ClaimKind, Digests } from './claims.ts';
import { isCommit, referenceOf, repositoryUrl } from './repository.ts';

/** A release of a few hundred files has one statement about all; beyond this it is refused. */
export const subjectsMax = 1024;

const DigestsShape = z.record(z.string().max(40), z.string().max(256));
const ShortText = z.string().max(2048);

/** Statement v0.1 or v1: https://github.com/in-toto/attestation/tree/main/spec */
const StatementShape = z.object({
  _type: z.enum(['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']),
  subject: z
    .array(z.object({ name: z.string().max(1024).optional(), digest: DigestsShape }))
    .min(1)
    .max(subjectsMax),
  predicateType: z.string().min(1).max(300),
  predicate: z.unknown(),
});

const Resource = z.object({
  uri: ShortText.optional(),
  name: ShortText.optional(),
  digest: DigestsShape.optional(),
});

/** SLSA provenance v1: https://slsa.dev/spec/v1.2/build-provenance */
const ProvenanceV1 = z.object({
  buildDefinition: z.object({
    buildType: ShortText,
    externalParameters: z.record(z.string(), z.unknown()),
    resolvedDependencies: z.array(Resource).max(10_000).optional(),
  }),
  runDetails: z.object({
    builder: z.object({ id: ShortText }),
    metadata: z.object({ invocationId: ShortText.optional() }).optional(),
  }),
});

/** SLSA provenance v0.2: https://slsa.dev/spec/v0.2/provenance */
const ProvenanceV02 = z.object({
  builder: z.object({ id: ShortText }),
  buildType: ShortText,
  invocation: z
    .object({
      configSource: z.object({ uri: ShortText.optional(), digest: DigestsShape.optional() }).optional(),
    })
    .optional(),
  metadata: z.object({ buildInvocationId: ShortText.optional() }).nullish(),
});

const provenanceV02Type = 'https://slsa.dev/provenance/v0.2';

/** Build types of google/oss-rebuild: https://docs.oss-rebuild.dev/builds/ */
const rebuildBuildType = 'https://docs.oss-rebuild.dev/builds/Rebuild@v0.1';
const equivalenceBuildType = 'https://docs.oss-rebuild.dev/builds/ArtifactEquivalence@v0.1';

/** Our own comparison, by whichever rebuilder that runs Assay. Its schema is the verifier's to check. */
const Comparison = z.object({
  builder: z.object({ id: ShortText }),
  verdict: z.object({ kind: VerdictKind }),
  comparison: z.object({ output: z.object({ digest: DigestsShape }) }).optional(),
});

/**
 * Reads a signed statement, of whatever predicate type, into what can be held against a rebuild. A type that is not known
 * is `other`: signed about the file, and no more. A type that is known and does not keep to its own shape is a fault.
 */
export function readClaims(value: unknown): Claims | { readonly fault: string } {
  const statement = StatementShape.safeParse(value);
  if (!statement.success) return { fault: `not an in-toto statement: ${firstFault(statement.error)}` };
  const { subject, predicateType, predicate } = statement.data;
  const subjects = subject.map(({ name, digest }) => ({ digest, ...(name !== undefined && { name }) }));
  const read = readers(predicateType)(predicate);
  return 'fault' in read
    ? { fault: `${predicateType}: ${read.fault}` }
    : { ...read, predicateType, subjects };
}

type Read = Omit<Claims, 'predicateType' | 'subjects'> | { readonly fault: string };

function readers(predicateType: string): (predicate: unknown) => Read {
  if (predicateType === provenancePredicateType) return readProvenanceV1;
  if (predicateType === provenanceV02Type) return readProvenanceV02;
  if (predicateType === comparisonPredicateType) return readComparison;
  // A registry's own word that it took the file in: the predicate says nothing of how it was made.
  const kind: ClaimKind = /\/publish\/v[0-9.]+$/.test(predicateType) ? 'publication' : 'other';
  return () => ({ kind });
}

function readProvenanceV1(predicate: unknown): Read {
  const read = ProvenanceV1.safeParse(predicate);
  if (!read.success) return { fault: firstFault(read.error) };
  const { buildDefinition, runDetails } = read.data;
  const { buildType, externalParameters, resolvedDependencies = [] } = buildDefinition;
  const invocation = runDetails.metadata?.invocationId;
  const told = { buildType, builder: runDetails.builder.id, ...(invocation !== undefined && { invocation }) };
  if (buildType === equivalenceBuildType) return { ...told, ...readEquivalence(resolvedDependencies) };
  const source = sourceOf(externalParameters, resolvedDependencies);
  return {
    kind: buildType === rebuildBuildType ? 'rebuild' : 'provenance',
    ...told,
    ...(source && { source }),
  };
}

/** Two dependencies: what was rebuilt (named `rebuild/…`) and what was published. Same bytes, or equal after its passes. */
function readEquivalence(dependencies: readonly z.infer<typeof Resource>[]): Read {
  const rebuilt = dependencies.find(({ name }) => name?.startsWith('rebuild/') === true)?.digest;
  const published = dependencies.find(({ name }) => name?.startsWith('rebuild/') === false)?.digest;
  if (!rebuilt || !published) return { fault: 'it does not name what was rebuilt and what was published' };
  const same = sameBytes(rebuilt, published);
  if (same === undefined) return { fault: 'its two digests cannot be compared' };
  return { kind: 'equivalence', verdict: same ? 'reproduced' : 'equivalent', rebuilt };
}

function readProvenanceV02(predicate: unknown): Read {
  const read = ProvenanceV02.safeParse(predicate);
  if (!read.success) return { fault: firstFault(read.error) };
  const { builder, buildType, invocation, metadata } = read.data;
  const config = invocation?.configSource;
  const source = config?.uri === undefined ? undefined : sourceAt(config.uri, config.digest ?? {});
  const run = metadata?.buildInvocationId;
  return {
    kind: 'provenance',
    buildType,
    builder: builder.id,
    ...(source && { source }),
    ...(run !== undefined && { invocation: run }),
  };
}

function readComparison(predicate: unknown): Read {
  const read = Comparison.safeParse(predicate);
  if (!read.success) return { fault: firstFault(read.error) };
  const { builder, verdict, comparison } = read.data;
  return {
    kind: 'comparison',
    builder: builder.id,
    verdict: verdict.kind,
    ...(comparison && { rebuilt: comparison.output.digest }),
  };
}

/**
 * The repository that was built: what the workflow's build types name in `externalParameters.workflow` or `.source`, with
 * the commit of the resolved dependency of the same repository; else the one dependency that is a git repository.
 */
function sourceOf(
  external: Readonly<Record<string, unknown>>,
  dependencies: readonly z.infer<typeof Resource>[],
): Claims['source'] {
  const named = repositoryNamed(external['workflow']) ?? repositoryNamed(external['source']);
  const repositories = dependencies.flatMap(({ uri, name, digest = {} }) => {
    const at = uri ?? name ?? '';
    const source =
      at.startsWith('git+') || digest['gitCommit'] !== undefined ? sourceAt(at, digest) : undefined;
    return source ? [source] : [];
  });
  if (named === undefined) return repositories.length === 1 ? repositories[0] : undefined;
  return repositories.find(({ repository }) => repository === named) ?? { repository: named };
}

function repositoryNamed(parameter: unknown): string | undefined {
  if (typeof parameter === 'string') return repositoryUrl(parameter);
  const read = z
    .object({ repository: ShortText })
    .or(z.object({ uri: ShortText }))
    .safeParse(parameter);
  if (!read.success) return undefined;
  return repositoryUrl('repository' in read.data ? read.data.repository : read.data.uri);
}

function sourceAt(uri: string, digest: Digests): Claims['source'] {
  const repository = repositoryUrl(uri);
  if (repository === undefined) return undefined;
  const reference = referenceOf(uri);
  const commit = digest['gitCommit'] ?? digest['sha1'] ?? digest['sha256'];
  return {
    repository,
    ...(reference !== undefined && { reference }),
    ...(commit !== undefined && isCommit(commit) && { commit }),
  };
}

/** Algorithms by which bytes are known; a weaker one proves nothing. */
const strong = ['sha256', 'sha384', 'sha512'] as const;

/** Whether two sets of digests are of the same bytes; undefined where they share no strong algorithm. */
export function sameBytes(one: Digests, other: Digests): boolean | undefined {
  const shared = strong.filter((name) => one[name] !== undefined && other[name] !== undefined);
  return shared.length === 0 ? undefined : shared.every((name) => one[name] === other[name]);
}

function firstFault(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.') || 'the whole'}: ${issue.message}` : 'does not match';
}
