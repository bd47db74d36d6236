import type { Level } from '#schemas/level.ts';
import type { Policy } from '#schemas/policy.ts';
import type { Claim } from './claim.ts';
import { claimFaults, type Shortfall } from './claim-faults.ts';
import { lower, reaches } from './level-order.ts';
import { ruleFor, type SignerRule } from './signer-table.ts';

/** What a policy makes of the claims about one artifact. */
export interface PolicyResult {
  readonly result: 'PASSED' | 'FAILED';
  /** What is missing; empty where it passed. Texts may be of others: escape them. */
  readonly missing: readonly Shortfall[];
  /** Operators that count, each once. */
  readonly operators: readonly string[];
  /** The highest level that at least `threshold` of the operators reach; level 0 where the policy failed. */
  readonly level: Level;
}

/**
 * Holds the claims about one artifact against a policy. An operator counts once, however many keys, bundles or copies
 * of a bundle speak for it, and only with a claim of every type that the policy asks for. Claims that do not count are
 * never a reason to fail: a claim that is taken away can only make the result worse.
 * @param now for the age of claims
 */
export function evaluate(
  policy: Policy,
  rules: readonly SignerRule[],
  claims: readonly Claim[],
  now: Date,
): PolicyResult {
  const missing: Shortfall[] = [];
  const byOperator = new Map<string, Map<string, Level>>();
  for (const claim of claims) {
    const rule = ruleFor(rules, claim.signer, claim.builderId);
    const faults = claimFaults(policy, rule, claim, now);
    missing.push(...faults);
    if (!rule || faults.length > 0) continue;
    const types = byOperator.get(rule.operator) ?? new Map<string, Level>();
    byOperator.set(rule.operator, types);
    const before = types.get(claim.predicateType);
    const level = lower(claim.level ?? rule.maximumLevel, rule.maximumLevel);
    types.set(claim.predicateType, before !== undefined && reaches(before, level) ? before : level);
  }
  const levels = new Map<string, Level>();
  for (const [operator, types] of byOperator) {
    const wanting = policy.predicateTypes.filter((type) => !types.has(type));
    if (wanting.length === 0) levels.set(operator, [...types.values()].reduce(lower));
    else
      missing.push({
        requirement: 'predicate-type',
        expected: wanting.join(' and '),
        actual: `${operator} says nothing of that type that counts`,
      });
  }
  const operators = [...levels.keys()];
  const highestFirst = [...levels.values()].sort((a, b) => (reaches(a, b) ? -1 : 1));
  const level = highestFirst[policy.threshold - 1];
  if (level !== undefined) return { result: 'PASSED', missing: [], operators, level };
  missing.push({
    requirement: 'threshold',
    expected: `${policy.threshold} of the operators`,
    actual: operators.length === 0 ? 'none' : `${operators.length}: ${operators.join(', ')}`,
  });
  return { result: 'FAILED', missing, operators, level: 'SLSA_BUILD_LEVEL_0' };
}
