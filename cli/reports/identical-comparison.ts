import type { Comparison } from '#schemas/comparison.ts';

/** What is said of two files that are the same. */
export function identicalComparison(sha256: string, size: number): Comparison {
  const file = { digest: { sha256 }, size };
  const nothing = { differences: [], differencesTotal: 0, findings: [], passes: [], causes: [], cut: [] };
  return { schemaVersion: 1, result: 'identical', a: file, b: file, ...nothing };
}
