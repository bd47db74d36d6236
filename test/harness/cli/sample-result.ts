import type { RebuildResult } from '#schemas/rebuild.ts';
import { sampleArtifact, sampleRecipe, sha256Of } from '../samples.ts';

/** A finished rebuild as the api shows it; what a test is about it sets itself. */
export function sampleResult(over: Partial<RebuildResult> = {}): RebuildResult {
  const recipe = sampleRecipe();
  return {
    schemaVersion: 1,
    verdict: 'reproduced',
    retryable: false,
    detail: 'a sentence of the service',
    artifact: sampleArtifact(),
    source: { kind: 'sdist', file: recipe.source.file, digest: recipe.source.digest },
    recipe: { by: 'inferred', digest: { sha256: sha256Of('recipe') }, recipe },
    level: 'SLSA_BUILD_LEVEL_1',
    clock: { from: 'inferred-single', sourceDateEpoch: 1_750_000_000 },
    passes: [],
    differences: [],
    differencesTotal: 0,
    findings: [],
    causes: [],
    attempts: [
      {
        number: 1,
        outcome: 'built',
        recipe: { notes: [], digest: { sha256: sha256Of('recipe') } },
        output: { file: 'thing-1.0-py3-none-any.whl', digest: { sha256: sha256Of('artifact') }, size: 8 },
      },
    ],
    attestations: [],
    rebuild: {
      id: '3f0c8e5e-58f0-4f2e-9d43-0d3a0a6d3c11',
      createdAt: '2026-11-22T12:00:00Z',
      finishedAt: '2026-11-22T12:00:09Z',
      visibility: 'public',
    },
    ...over,
  };
}

export const equivalentResult = (): RebuildResult =>
  sampleResult({
    verdict: 'equivalent',
    passes: [
      {
        id: 'zip-times',
        title: 'times of zip members',
        members: ['a.py'],
        membersTotal: 1,
        fields: ['mtime'],
        bytes: 8,
      },
    ],
  });

export const differentResult = (): RebuildResult =>
  sampleResult({
    verdict: 'different',
    differences: [
      { kind: 'metadata', path: ['thing/METADATA'], field: 'mode', a: '0644', b: '0755' },
      { kind: 'content', path: ['thing/METADATA'], offset: 17, detail: 'line ends differ' },
    ],
    differencesTotal: 2,
  });
