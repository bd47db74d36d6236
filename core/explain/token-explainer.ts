import type { RecipeChange } from '#schemas/recipe-change.ts';
import { contentViews } from './content-views.ts';
import type { Claim, Evidence, Explainer, ExplainerMeta } from './explainer.ts';
import { nameLines } from './name-lines.ts';
import { differingTokens, tokensOnly, type TokenPair } from './tokens.ts';

/** How a value of one kind is known in a line that differs by nothing else. */
export interface TokenRule {
  /** Global. */
  readonly pattern: RegExp;
  readonly confidence: Claim['confidence'];
  /** Whether two values that differ are what the pattern looked for; default: they are. */
  readonly claims?: (pair: Pick<TokenPair, 'a' | 'b'>) => boolean;
}

/**
 * An explainer of values that stand in a text or binary, or in the names of members: a line claims only where nothing
 * else in it differs but values of other known kinds. `change` is asked with the first pair. `names`: false where another
 * explainer knows such values in names.
 */
export function tokenExplainer(
  meta: Omit<ExplainerMeta, 'needs'>,
  rules: readonly TokenRule[],
  change?: (pair: Pick<TokenPair, 'a' | 'b'>) => RecipeChange | undefined,
  { names: inNames = true }: { readonly names?: boolean } = {},
): Explainer {
  return {
    meta: { ...meta, needs: inNames ? ['content', 'names'] : ['content'] },
    explain(facts) {
      const evidence: Evidence[] = [];
      let confidence: Claim['confidence'] = 'possible';
      const add = (found: readonly Evidence[], rule: TokenRule) => {
        if (rule.confidence === 'likely') confidence = 'likely';
        evidence.push(...found);
      };
      for (const { delta, view } of contentViews(facts)) {
        for (const rule of rules) {
          const pairs = differingTokens(view, rule.pattern, rule.claims);
          if (pairs.length === 0) continue;
          add(
            pairs.map(({ a, b, offset }) => ({ delta, offset, a, b })),
            rule,
          );
          break;
        }
      }
      for (const { delta, ...names } of inNames ? nameLines(facts) : []) {
        for (const rule of rules) {
          const pair = tokensOnly(names.a, names.b, rule.pattern)?.find((one) => rule.claims?.(one) ?? true);
          if (pair === undefined) continue;
          add([{ delta, a: pair.a, b: pair.b }], rule);
          break;
        }
      }
      const [first] = evidence;
      if (first === undefined) return undefined;
      const proposed = change?.({ a: first.a ?? '', b: first.b ?? '' });
      return { confidence, evidence, ...(proposed === undefined ? {} : { change: proposed }) };
    },
  };
}
