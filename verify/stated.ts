import type { Claim } from '#core/policy/claim.ts';
import { Level } from '#schemas/level.ts';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import type { Recipe, Source } from '#schemas/recipe.ts';
import type { StatedSource } from './build-types/build-type.ts';
import type { KnownPredicate } from './predicate.ts';
import { placeOf } from './source.ts';

/** What a statement says, in words that are the same for every type. */
export interface Stated {
  /** `builder.id`; of a summary, `verifier.id`. */
  readonly builderId: string;
  readonly sources: readonly StatedSource[];
  readonly sourceKind?: Source['kind'];
  readonly recipeBy?: Recipe['by'];
  readonly level?: Level;
  /** RFC 3339, by the clock of whoever made it. */
  readonly madeOn?: string;
}

export function statedBy(known: KnownPredicate): Stated {
  if (known.type === provenancePredicateType) {
    const { finishedOn, ...facts } = known.facts;
    return { ...facts, ...(finishedOn !== undefined && { madeOn: finishedOn }) };
  }
  if (known.type === comparisonPredicateType) {
    const { builder, source, recipe, level, timestamps } = known.predicate;
    return {
      builderId: builder.id,
      sources: source
        ? [{ ...(source.url !== undefined && { uri: source.url }), digest: source.digest }]
        : [],
      ...(source && { sourceKind: source.kind }),
      ...(recipe && { recipeBy: recipe.by }),
      level,
      madeOn: timestamps.finishedOn ?? timestamps.submittedAt,
    };
  }
  const { verifier, verifiedLevels, timeVerified } = known.predicate;
  // The highest of the build track; SLSA: a level stands for those below it.
  const level = Level.options.findLast((one) => verifiedLevels.includes(one)) ?? 'SLSA_BUILD_LEVEL_0';
  return {
    builderId: verifier.id,
    sources: [],
    level,
    ...(timeVerified !== undefined && { madeOn: timeVerified }),
  };
}

/**
 * When it was made: the oldest of what it says itself and what was witnessed. A time stamp is not covered by the
 * signature; one that is added later must not make an old statement young.
 */
export function madeAt({ madeOn }: Stated, witnessed: readonly Date[]): Date | undefined {
  const times = [...(madeOn === undefined ? [] : [new Date(madeOn)]), ...witnessed];
  return times.length === 0 ? undefined : new Date(Math.min(...times.map((time) => time.getTime())));
}

/** The statement as policies see it. */
export function claimOf(known: KnownPredicate, signer: Claim['signer'], witnessed: readonly Date[]): Claim {
  const stated = statedBy(known);
  const at = madeAt(stated, witnessed);
  const url = stated.sources[0]?.uri;
  const { sourceKind: kind, recipeBy, level } = stated;
  return {
    signer,
    builderId: stated.builderId,
    predicateType: known.type,
    ...comparedOf(known),
    ...(level !== undefined && { level }),
    ...(recipeBy !== undefined && { recipeBy }),
    ...((kind !== undefined || url !== undefined) && {
      source: { ...(kind !== undefined && { kind }), ...(url !== undefined && { url: placeOf(url) }) },
    }),
    ...policyOf(known),
    ...(at && { madeAt: at }),
  };
}

function comparedOf(known: KnownPredicate): Pick<Claim, 'verdict' | 'passes'> {
  if (known.type !== comparisonPredicateType) return {};
  const { verdict, comparison } = known.predicate;
  return {
    verdict: verdict.kind,
    ...(comparison && { passes: comparison.passes.map(({ id }) => id) }),
  };
}

function policyOf(known: KnownPredicate): Pick<Claim, 'summaryPolicySha256'> {
  if (known.type === comparisonPredicateType || known.type === provenancePredicateType) return {};
  const sha256 = known.predicate.policy.digest?.['sha256'];
  return sha256 === undefined ? {} : { summaryPolicySha256: sha256 };
}
