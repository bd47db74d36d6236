import type { ComparisonPredicate } from '#schemas/comparison-predicate.ts';
import type { RebuildResult } from '#schemas/rebuild.ts';
import type { Digests } from './claims.ts';
import type { OurRebuild } from './compare.ts';

/**
 * What a rebuild found, to hold others' words against. No source kind that there is today is taken from a commit: an sdist,
 * a tarball or a folder names none that we would have checked, so none is given. `more` are digests of the same bytes.
 * Undefined where the rebuild does not know its artifact.
 */
export function rebuildOfResult(
  { artifact, verdict, source, attempts }: RebuildResult,
  more: Digests = {},
): OurRebuild | undefined {
  if (!artifact.digest) return undefined;
  const output = attempts.findLast((attempt) => attempt.output !== undefined)?.output;
  return {
    artifact: { ...more, sha256: artifact.digest.sha256 },
    verdict,
    ...(source && { source: { kind: source.kind } }),
    ...(output && { output: output.digest }),
  };
}

/** The same of a verified comparison statement about a file with these digests. */
export function rebuildOfComparison(
  { verdict, source, comparison }: ComparisonPredicate,
  artifact: Digests,
): OurRebuild {
  return {
    artifact,
    verdict: verdict.kind,
    ...(source && { source: { kind: source.kind } }),
    ...(comparison && { output: comparison.output.digest }),
  };
}
