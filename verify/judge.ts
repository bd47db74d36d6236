import type { ComparisonPredicate } from '#schemas/comparison-predicate.ts';
import { couldHide } from '#schemas/could-hide.ts';
import { comparisonPredicateType, vsaPredicateType } from '#schemas/predicate-types.ts';
import type { Checklist } from './checks.ts';
import type { KnownPredicate } from './predicate.ts';

/** Whether what a statement concludes can be at all: a comparison that contradicts itself, or a summary of a failure. */
export function checkStatedVerdict(known: KnownPredicate, artifactSha256: string, list: Checklist): boolean {
  if (known.type === vsaPredicateType) {
    const { verificationResult, verifiedLevels } = known.predicate;
    const failed = verificationResult !== 'PASSED' || verifiedLevels.includes('FAILED');
    return list.record('verdict', !failed, 'PASSED', failed ? 'FAILED' : 'PASSED');
  }
  if (known.type !== comparisonPredicateType) return true;
  const contradiction = contradicts(known.predicate, artifactSha256);
  if (contradiction === undefined) return true;
  const actual = `${known.predicate.verdict.kind}, but ${contradiction}`;
  return list.record('verdict', false, 'a verdict that does not contradict itself', actual);
}

/** A signed statement that contradicts itself is believed in nothing. */
function contradicts(
  { verdict, comparison }: ComparisonPredicate,
  artifactSha256: string,
): string | undefined {
  if (verdict.kind !== 'reproduced' && verdict.kind !== 'equivalent') return undefined;
  if (!comparison) return 'it compares nothing';
  const same = comparison.output.digest.sha256 === artifactSha256;
  if (verdict.kind === 'reproduced') {
    if (!same) return `the output has another sha256, ${comparison.output.digest.sha256}`;
    return comparison.result === 'identical' ? undefined : `the files were found ${comparison.result}`;
  }
  if (same) return 'the output has the same sha256';
  if (comparison.result !== 'equivalent') return `the files were found ${comparison.result}`;
  // Before version 3 a cut had no kind; the signer judged it then as now.
  const unread = comparison.cut.some((cut) => typeof cut !== 'string' && couldHide(cut));
  return unread ? 'not all of the files was read' : undefined;
}
