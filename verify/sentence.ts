import type { ComparisonPredicate } from '#schemas/comparison-predicate.ts';
import { comparisonPredicateType, vsaPredicateType } from '#schemas/predicate-types.ts';
import type { KnownPredicate, KnownProvenance } from './predicate.ts';

/** What a bundle that passed says of the file, and no more than it says. May hold text of others: escape it. */
export function sentence(known: KnownPredicate): string {
  if (known.type === comparisonPredicateType) return ofComparison(known.predicate);
  if (known.type !== vsaPredicateType) return ofProvenance(known);
  const { verifier, resourceUri, policy } = known.predicate;
  const digest = policy.digest?.['sha256'];
  const named = digest === undefined ? policy.uri : `${policy.uri} (sha256 ${digest})`;
  return `${verifier.id} says that this file, as ${resourceUri}, met the policy ${named}; what it looked at was not looked at here.`;
}

function ofComparison({ verdict, builder, recipe, comparison }: ComparisonPredicate): string {
  const by = recipe?.by === 'supplied' ? ' from a recipe that its author supplied' : ' from its source';
  if (verdict.kind === 'reproduced')
    return `${builder.id} built this file again${by} and got the same bytes.`;
  const passes = comparison?.passes.map((pass) => pass.title).join(', ') ?? '';
  return `${builder.id} built this file again${by}; it is not the same bit for bit, and equal only after setting aside: ${passes}.`;
}

function ofProvenance({ facts }: KnownProvenance): string {
  const { builderId, origin } = facts;
  if (!origin)
    return `${builderId} built these very bytes: they are the output of the recipe in the provenance.`;
  const commit = origin.commit === undefined ? origin.ref : `${origin.ref}, commit ${origin.commit}`;
  return `The workflow ${origin.path} of ${origin.repository} (${commit}) says that it built this file, on ${builderId}; that is its publisher's own word, and nobody built it again.`;
}
