import type { ComparisonPredicate } from '#schemas/comparison-predicate.ts';
import { comparisonPredicateType } from '#schemas/predicate-types.ts';
import type { Checklist } from './checks.ts';
import type { KnownPredicate } from './predicate.ts';

/** Verdicts that whoever verifies takes besides `reproduced`. */
export type Accepted = 'equivalent';

/** The builder that a statement names. */
export function builderOf(known: KnownPredicate): string {
  return known.type === comparisonPredicateType
    ? known.predicate.builder.id
    : known.predicate.runDetails.builder.id;
}

/** Whether a comparison says what was asked for, and whether what it says can be at all. */
export function checkVerdict(
  predicate: ComparisonPredicate,
  artifactSha256: string,
  accept: readonly Accepted[],
  list: Checklist,
): boolean {
  const accepted: string[] = ['reproduced', ...accept];
  const { kind } = predicate.verdict;
  const contradiction = contradicts(predicate, artifactSha256);
  return list.record(
    'verdict',
    accepted.includes(kind) && contradiction === undefined,
    accepted.join(' or '),
    contradiction === undefined ? kind : `${kind}, but ${contradiction}`,
  );
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
  return comparison.result === 'equivalent' ? undefined : `the files were found ${comparison.result}`;
}

/** What a bundle that passed says of the file, and no more than it says. */
export function sentence(known: KnownPredicate): string {
  if (known.type !== comparisonPredicateType) {
    return `${known.predicate.runDetails.builder.id} built these very bytes: they are the output of the recipe in the provenance.`;
  }
  const { verdict, builder, recipe } = known.predicate;
  const by = recipe?.by === 'supplied' ? ' from a recipe that its author supplied' : ' from its source';
  return verdict.kind === 'reproduced'
    ? `${builder.id} built this file again${by} and got the same bytes.`
    : `${builder.id} built this file again${by}; it is not the same bit for bit, and equal only after setting aside: ${known.predicate.comparison?.passes.map((pass) => pass.title).join(', ') ?? ''}.`;
}
