import type { Comparison } from '#schemas/comparison.ts';

/** The comparison as it is (schemas/comparison.ts). Whoever shows a text of it must escape it. */
export function comparisonJson(comparison: Comparison): string {
  return `${JSON.stringify(comparison, undefined, 2)}\n`;
}
