import type { Level } from '#schemas/level.ts';
import type { Policy } from '#schemas/policy.ts';

const dayMs = 24 * 3600_000;

/** What statements have to say, whoever says it. A member that is absent asks for nothing. */
export interface Requirements {
  readonly predicateTypes: readonly string[];
  /** Verdicts that a comparison may have. */
  readonly accept: readonly ('reproduced' | 'equivalent')[];
  /** Passes that an `equivalent` may not rest on, by id; `all`: on none. */
  readonly refusedPasses?: readonly string[];
  readonly minimumLevel?: Level;
  readonly recipeBy?: readonly ('inferred' | 'supplied')[];
  /** Any of these. */
  readonly sources?: Policy['sources'];
  readonly maximumAgeMs?: number;
  /** Policies that a summary may be about, by the sha256 of each. */
  readonly summaryPolicies?: readonly string[];
}

/** What a policy asks of each statement. */
export function requirementsOf(policy: Policy): Requirements {
  const { predicateTypes, accept, refusedPasses, minimumLevel, recipe, sources } = policy;
  const { maximumAgeDays, summaryPolicies } = policy;
  return {
    predicateTypes,
    accept,
    recipeBy: recipe.by,
    ...(refusedPasses && { refusedPasses }),
    ...(minimumLevel !== undefined && { minimumLevel }),
    ...(sources && { sources }),
    ...(maximumAgeDays !== undefined && { maximumAgeMs: maximumAgeDays * dayMs }),
    ...(summaryPolicies && { summaryPolicies: summaryPolicies.map(({ sha256 }) => sha256) }),
  };
}
