import { createHash } from 'node:crypto';
import type { JobKind, JobReport, ResolveInput } from '#schemas/jobs.ts';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import { defaultLimits, type Recipe } from '#schemas/recipe.ts';
import type { Artifact } from '#schemas/artifact.ts';

/** Reports of the size of real ones, that need no work: what is measured is everything around the work. */

export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export const sourceText = 'source';
const file = 'thing-1.0-py3-none-any.whl';

export const sampleArtifact: Artifact = {
  purl: 'pkg:pypi/thing@1.0',
  file,
  digest: { sha256: sha256Of('artifact') },
  size: 'artifact'.length,
};

export const sampleRecipe: Recipe = {
  schemaVersion: 1,
  by: 'inferred',
  ecosystem: 'pypi',
  source: {
    kind: 'sdist',
    file: 'thing-1.0.tar.gz',
    digest: { sha256: sha256Of(sourceText) },
    size: sourceText.length,
  },
  environment: {
    kind: 'debian',
    suite: 'bookworm',
    architecture: 'amd64',
    packages: ['python3', 'python3-pip'],
  },
  clock: { from: 'inferred-single', sourceDateEpoch: 1_700_000_000 },
  variables: { LC_ALL: 'C.UTF-8', SOURCE_DATE_EPOCH: '1700000000' },
  files: [],
  steps: [{ name: 'build', phase: 'build', run: ['true'] }],
  outputs: [`out/${file}`],
  limits: defaultLimits,
  notes: ['backend: flit_core 3.12.0, as WHEEL says'],
};

export function resolved(artifact: Artifact, recipe: Recipe): JobReport<'resolve'> {
  return { outcome: 'resolved', artifact, source: recipe.source, recipes: [recipe] };
}

export function built(bytes: string): JobReport<'rebuild'> {
  return {
    outcome: 'built',
    outputs: [{ path: `out/${file}`, file, digest: { sha256: sha256Of(bytes) }, size: bytes.length }],
    ran: {
      sandbox: { kind: 'bubblewrap', runtime: 'bwrap 0.8.0', unlimited: [] },
      rootfs: { digest: { sha256: sha256Of('rootfs') }, packages: [] },
      facts: [],
      startedOn: '2026-01-01T00:00:00Z',
      finishedOn: '2026-01-01T00:00:01Z',
      steps: [{ name: 'build', exitCode: 0, durationMs: 1000 }],
    },
  };
}

/** What each kind of worker reports of a rebuild whose output is `output`. */
export function reportOf(kind: JobKind, input: unknown, artifact: Artifact, recipe: Recipe, output: string) {
  switch (kind) {
    case 'resolve':
      return (input as ResolveInput).kind === 'recheck'
        ? ({ outcome: 'unchanged' } as const)
        : resolved(artifact, recipe);
    case 'rebuild':
      return built(output);
    case 'compare':
      return compared(artifact, output);
    case 'attest':
      return attested(artifact);
  }
}

export function compared(artifact: Artifact, output: string): JobReport<'compare'> {
  return {
    outcome: 'compared',
    reader: { confinement: 'none: nothing is read' },
    comparison: {
      schemaVersion: 1,
      result: 'different',
      a: { digest: artifact.digest, size: artifact.size },
      b: { digest: { sha256: sha256Of(output) }, size: output.length },
      differences: [{ kind: 'content', path: ['thing.py'], a: '1', b: '2' }],
      differencesTotal: 1,
      findings: [],
      passes: [],
      causes: [],
      cut: [],
    },
  };
}

export function attested(artifact: Artifact): JobReport<'attest'> {
  const bundle = { digest: { sha256: sha256Of('bundle') }, size: 6 };
  const one = (predicateType: string) => ({
    predicateType,
    subject: artifact.digest,
    statement: { digest: { sha256: sha256Of(predicateType) }, size: predicateType.length },
    bundle: { ...bundle, witnessed: { log: false, timestamp: false } },
  });
  return {
    outcome: 'attested',
    attestations: [one(provenancePredicateType), one(comparisonPredicateType)],
    level: 'SLSA_BUILD_LEVEL_1',
  };
}
