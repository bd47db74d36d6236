import { createHash } from 'node:crypto';
import type { Artifact } from '#schemas/artifact.ts';
import type { Comparison } from '#schemas/comparison.ts';
import type { AttemptFacts, RebuildReport } from '#schemas/jobs.ts';
import { defaultLimits, type Recipe } from '#schemas/recipe.ts';

/** Small valid documents for tests; what a test is about it sets itself. */

export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function sampleArtifact(bytes = 'artifact'): Artifact {
  return {
    purl: 'pkg:pypi/thing@1.0',
    file: 'thing-1.0-py3-none-any.whl',
    digest: { sha256: sha256Of(bytes) },
    size: bytes.length,
  };
}

export function sampleRecipe(over: Partial<Recipe> = {}): Recipe {
  return {
    schemaVersion: 1,
    by: 'inferred',
    ecosystem: 'pypi',
    source: { kind: 'sdist', file: 'thing-1.0.tar.gz', digest: { sha256: sha256Of('source') }, size: 6 },
    environment: { kind: 'debian', suite: 'bookworm', architecture: 'amd64', packages: [] },
    clock: { from: 'none' },
    registry: { protocol: 'pypi', before: '2026-01-01T00:00:00Z' },
    variables: {},
    files: [],
    steps: [{ name: 'build', phase: 'build', run: ['true'] }],
    outputs: ['out/thing-1.0-py3-none-any.whl'],
    limits: defaultLimits,
    notes: [],
    ...over,
  };
}

export function sampleRan(): AttemptFacts {
  return {
    sandbox: { kind: 'bubblewrap', runtime: 'bwrap 0.8.0', unlimited: [] },
    rootfs: { digest: { sha256: sha256Of('rootfs') }, packages: [] },
    facts: [],
    startedOn: '2026-01-01T00:00:00.000Z',
    finishedOn: '2026-01-01T00:00:01.000Z',
    steps: [{ name: 'build', exitCode: 0, durationMs: 1000 }],
  };
}

export function builtReport(bytes: string): RebuildReport {
  const file = 'thing-1.0-py3-none-any.whl';
  return {
    outcome: 'built',
    outputs: [{ path: `out/${file}`, file, digest: { sha256: sha256Of(bytes) }, size: bytes.length }],
    ran: sampleRan(),
  };
}

export function sampleComparison(result: Comparison['result'], a: string, b: string): Comparison {
  const passes = [
    {
      id: 'zip-times',
      title: 'times of zip members',
      members: ['x'],
      membersTotal: 1,
      fields: ['mtime'],
      bytes: 8,
    },
  ];
  return {
    schemaVersion: 1,
    result,
    a: { digest: { sha256: sha256Of(a) }, size: a.length },
    b: { digest: { sha256: sha256Of(b) }, size: b.length },
    differences: result === 'different' ? [{ kind: 'content', path: ['x'], a: '1', b: '2' }] : [],
    differencesTotal: result === 'different' ? 1 : 0,
    findings: [],
    passes: result === 'equivalent' ? passes : [],
    causes: [],
    cut: [],
  };
}
