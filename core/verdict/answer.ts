import type { LookupKind, VerdictKind } from '#schemas/verdict.ts';

/** What the rule needs to know of a rebuild. */
export interface Candidate {
  readonly id: string;
  /** sha256 of the artifact; absent while it is not resolved. */
  readonly artifact?: string;
  readonly verdict?: VerdictKind;
  readonly by: 'inferred' | 'supplied';
  readonly replay: boolean;
  /** RFC 3339. */
  readonly createdAt: string;
}

/**
 * Strongest first. `reproduced` is a proof by bytes: a later failure to repeat it does not undo it. Of two verdicts of
 * the same strength the newer answers.
 */
const strength: readonly VerdictKind[] = [
  'reproduced',
  'equivalent',
  'different',
  'build-failed',
  'unsupported',
  'inconclusive',
];

/**
 * Which of several rebuilds answers a look-up: the one rule (docs/trust.md). Only inferred recipes answer, never a
 * supplied one; replays repeat what was recorded and do not count. One purl can lead to several artifacts: then the
 * weakest of their answers is told, so that no file borrows another's verdict.
 */
export function answer(candidates: readonly Candidate[]): {
  readonly kind: LookupKind;
  readonly id?: string;
} {
  const counted = candidates.filter((candidate) => candidate.by === 'inferred' && !candidate.replay);
  const finished = counted.filter((candidate) => candidate.verdict !== undefined);
  const byArtifact = Map.groupBy(finished, (candidate) => candidate.artifact ?? 'unresolved');
  // A rebuild that never found its artifact says nothing where another one did.
  if (byArtifact.size > 1) byArtifact.delete('unresolved');
  const answers = [...byArtifact.values()]
    .map((group) => group.toSorted(strongerThenNewer)[0])
    .filter((best) => best !== undefined);
  const weakest = answers.toSorted(strongerThenNewer).at(-1);
  if (weakest?.verdict) return { kind: weakest.verdict, id: weakest.id };
  const pending = counted.toSorted((x, y) => y.createdAt.localeCompare(x.createdAt))[0];
  return pending ? { kind: 'pending', id: pending.id } : { kind: 'unknown' };
}

function strongerThenNewer(x: Candidate, y: Candidate): number {
  const byStrength =
    strength.indexOf(x.verdict ?? 'inconclusive') - strength.indexOf(y.verdict ?? 'inconclusive');
  return byStrength || y.createdAt.localeCompare(x.createdAt);
}
