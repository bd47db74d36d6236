import { comparisonPredicateType, vsaPredicateType } from '#schemas/predicate-types.ts';
import { judgeAge } from './age.ts';
import type { Claim } from './claim.ts';
import { judgeLevel } from './level-order.ts';
import type { Requirements } from './requirements.ts';
import { judgePasses } from './refused-passes.ts';
import { judgeSource } from './source-rule.ts';
import type { SignerIdentity, SignerRule } from './signer-table.ts';

/** What can be asked for. */
export type Requirement =
  | 'signer'
  | 'predicate-type'
  | 'verdict'
  | 'passes'
  | 'recipe'
  | 'source'
  | 'level'
  | 'age'
  | 'summary-policy'
  | 'threshold';

/** One thing that was asked for, and what was found. Texts may be of others: escape them. */
export interface Judgement {
  readonly requirement: Requirement;
  readonly ok: boolean;
  readonly expected: string;
  readonly actual: string;
}

/**
 * Everything that `asked` asks of `claim`; it counts where all are ok. `rule` is the line of the signer table by which
 * its signer may speak for its builder; without one nothing else is looked at.
 */
export function judgeClaim(
  asked: Requirements,
  rule: SignerRule | undefined,
  claim: Claim,
  now: Date | undefined,
): Judgement[] {
  const signer: Judgement = {
    requirement: 'signer',
    ok: rule !== undefined,
    expected: 'a trusted signer, for a builder that it may sign for',
    actual: `${signerName(claim.signer)} for ${claim.builderId}`,
  };
  const type: Judgement = {
    requirement: 'predicate-type',
    ok: asked.predicateTypes.includes(claim.predicateType),
    expected: asked.predicateTypes.join(' or '),
    actual: claim.predicateType,
  };
  if (!rule || !type.ok) return [signer, type];
  return [
    signer,
    type,
    ...judgeContent(asked, claim),
    judgeLevel(asked.minimumLevel, rule.maximumLevel, claim.level),
    ...(asked.maximumAgeMs === undefined ? [] : [judgeAge(asked.maximumAgeMs, claim.madeAt, now)]),
  ];
}

/** A signer as text. */
export function signerName(who: SignerIdentity): string {
  return who.kind === 'public-key' ? `key ${who.hint}` : `${who.identity}, vouched for by ${who.issuer}`;
}

/** What only a comparison must have; where another type has it too, it is held against the same. */
function judgeContent(asked: Requirements, claim: Claim): Judgement[] {
  const compares = claim.predicateType === comparisonPredicateType;
  const judged: Judgement[] = [];
  if (compares) judged.push(oneOf('verdict', asked.accept, claim.verdict));
  if (compares && asked.refusedPasses) judged.push(judgePasses(asked.refusedPasses, claim));
  if (asked.recipeBy && (compares || claim.recipeBy !== undefined))
    judged.push(oneOf('recipe', asked.recipeBy, claim.recipeBy));
  if (asked.sources && (compares || claim.source !== undefined))
    judged.push(judgeSource(asked.sources, claim.source));
  if (asked.summaryPolicies && claim.predicateType === vsaPredicateType)
    judged.push(oneOf('summary-policy', asked.summaryPolicies, claim.summaryPolicySha256));
  return judged;
}

function oneOf(requirement: Requirement, expected: readonly string[], actual: string | undefined): Judgement {
  const ok = actual !== undefined && expected.includes(actual);
  return { requirement, ok, expected: expected.join(' or '), actual: actual ?? 'it does not say' };
}
