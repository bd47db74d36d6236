import type { Level } from '#schemas/level.ts';
import type { Policy } from '#schemas/policy.ts';
import type { Claim } from './claim.ts';
import { judgeClaim, type Judgement } from './judge-claim.ts';
import { believedLevel, lower, reaches } from './level-order.ts';
import { requirementsOf, type Requirements } from './requirements.ts';
import { ruleFor, type SignerRule } from './signer-table.ts';

/** What is to be held against claims: requirements, who is believed, and how many operators have to meet them. */
export interface Quorum {
  readonly asked: Requirements;
  readonly rules: readonly SignerRule[];
  readonly threshold: number;
}

/** What a policy makes of the claims about one artifact. */
export interface PolicyResult {
  readonly result: 'PASSED' | 'FAILED';
  /** What is missing; empty where it passed. */
  readonly missing: readonly Judgement[];
  /** Operators that count, each once. */
  readonly operators: readonly string[];
  /** The highest level that at least `threshold` of the operators reach; level 0 where it failed. */
  readonly level: Level;
}

/**
 * Holds the claims about one artifact against a policy.
 * @param rules its signer table, made by `signerRules`
 * @param now for the age of claims
 */
export function evaluate(
  policy: Policy,
  rules: readonly SignerRule[],
  claims: readonly Claim[],
  now: Date,
): PolicyResult {
  const { threshold } = policy;
  return countOperators({ asked: requirementsOf(policy), rules, threshold }, claims, now);
}

/**
 * An operator counts once, however many keys, bundles or copies of a bundle speak for it, and only with a claim of every
 * type that is asked for. Claims that do not count are never a reason to fail, so that a claim that is taken away can
 * only make the result worse.
 */
export function countOperators(
  { asked, rules, threshold }: Quorum,
  claims: readonly Claim[],
  now: Date | undefined,
): PolicyResult {
  const missing: Judgement[] = [];
  const byOperator = new Map<string, Map<string, Level>>();
  for (const claim of claims) {
    const rule = ruleFor(rules, claim.signer, claim.builderId);
    const faults = judgeClaim(asked, rule, claim, now).filter(({ ok }) => !ok);
    missing.push(...faults);
    if (!rule || faults.length > 0) continue;
    const types = byOperator.get(rule.operator) ?? new Map<string, Level>();
    byOperator.set(rule.operator, types);
    const before = types.get(claim.predicateType);
    const level = believedLevel(rule.maximumLevel, claim.level);
    types.set(claim.predicateType, before !== undefined && reaches(before, level) ? before : level);
  }
  const levels = new Map<string, Level>();
  for (const [operator, types] of byOperator) {
    const wanting = asked.predicateTypes.filter((type) => !types.has(type));
    if (wanting.length === 0) levels.set(operator, [...types.values()].reduce(lower));
    else missing.push(notSaid(operator, wanting));
  }
  const operators = [...levels.keys()];
  const highestFirst = [...levels.values()].sort((a, b) => (a === b ? 0 : reaches(a, b) ? -1 : 1));
  const level = highestFirst[threshold - 1];
  if (level !== undefined) return { result: 'PASSED', missing: [], operators, level };
  missing.push(tooFew(operators, threshold));
  return { result: 'FAILED', missing, operators, level: 'SLSA_BUILD_LEVEL_0' };
}

function notSaid(operator: string, wanting: readonly string[]): Judgement {
  return {
    requirement: 'predicate-type',
    ok: false,
    expected: wanting.join(' and '),
    actual: `${operator} says nothing of that type that counts`,
  };
}

function tooFew(operators: readonly string[], threshold: number): Judgement {
  return {
    requirement: 'threshold',
    ok: false,
    expected: `${threshold} ${threshold === 1 ? 'operator' : 'operators'}`,
    actual: operators.length === 0 ? 'none' : `${operators.length}: ${operators.join(', ')}`,
  };
}
