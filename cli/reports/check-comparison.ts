import { Cuts } from '#core/archive/cuts.ts';
import type { CheckReport } from '#schemas/check.ts';
import type { Comparison } from '#schemas/comparison.ts';
import type { ComparisonNames } from './comparison-words.ts';
import { identicalComparison } from './identical-comparison.ts';

const pathMax = 16;

/**
 * The comparison that a check comes down to, for the formats of comparisons: where builds differ, all outputs of one by
 * the recipe against one with everything varied, with the causes that experiments proved; else the candidate's.
 */
export function checkComparison(
  report: CheckReport,
  candidate: string | undefined,
): { readonly comparison: Comparison; readonly names: ComparisonNames } {
  const [first, ...others] = report.differing;
  if (first === undefined) {
    const [output] = report.outputs;
    const same = identicalComparison(output?.digest.sha256 ?? '0'.repeat(64), output?.size ?? 0);
    return {
      comparison: report.candidate ?? same,
      names: { a: candidate ?? 'the build by the recipe', b: 'the build by the recipe' },
    };
  }
  const names = { a: 'the build by the recipe', b: 'the build with all of it varied' };
  const several = others.length > 0;
  const below = (output: string, path: readonly string[]): string[] =>
    (several ? [output, ...path] : [...path]).slice(0, pathMax);
  const all = report.differing;
  const cuts = new Cuts();
  for (const { comparison } of all) cuts.addAll(comparison.cut);
  for (const text of report.cut) cuts.add('untried', text.slice(0, 200));
  return {
    names: several ? names : { a: `${names.a} (${first.output})`, b: names.b },
    comparison: {
      ...first.comparison,
      result: all.every(({ comparison }) => comparison.result === 'equivalent') ? 'equivalent' : 'different',
      differences: all.flatMap(({ output, comparison }) =>
        comparison.differences.map((difference) => ({ ...difference, path: below(output, difference.path) })),
      ),
      differencesTotal: all.reduce((sum, { comparison }) => sum + comparison.differencesTotal, 0),
      findings: all.flatMap(({ output, comparison }) =>
        comparison.findings.map((finding) => ({ ...finding, path: below(output, finding.path) })),
      ),
      passes: all.flatMap(({ comparison }) => comparison.passes),
      causes: report.causes.map(({ output, proof, fix, ...cause }) => ({
        ...cause,
        remedy: [cause.remedy, proof, fix === undefined ? '' : `Tried: ${fix.detail}.`]
          .join(' ')
          .trim()
          .slice(0, 2000),
        evidence: cause.evidence.map((item) => ({ ...item, path: below(output, item.path) })),
      })),
      cut: cuts.list(),
    },
  };
}
