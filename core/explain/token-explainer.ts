import { contentViews } from './content-views.ts';
import type { Claim, Evidence, Explainer, ExplainerMeta } from './explainer.ts';
import { differingTokens, type TokenPair } from './tokens.ts';

/** How a value of one kind is known in a line that differs by nothing else. */
export interface TokenRule {
  /** Global. */
  readonly pattern: RegExp;
  readonly confidence: Claim['confidence'];
  /** Whether two values that differ are what the pattern looked for; default: they are. */
  readonly claims?: (pair: TokenPair) => boolean;
}

/** An explainer of values that stand in a text or binary: a line claims only where nothing else in it differs. */
export function tokenExplainer(meta: Omit<ExplainerMeta, 'needs'>, rules: readonly TokenRule[]): Explainer {
  return {
    meta: { ...meta, needs: ['content'] },
    explain(facts) {
      const evidence: Evidence[] = [];
      let confidence: Claim['confidence'] = 'possible';
      for (const { delta, view } of contentViews(facts)) {
        for (const rule of rules) {
          const pairs = differingTokens(view, rule.pattern).filter((pair) => rule.claims?.(pair) ?? true);
          if (pairs.length === 0) continue;
          if (rule.confidence === 'likely') confidence = 'likely';
          evidence.push(...pairs.map(({ a, b, offset }) => ({ delta, offset, a, b })));
          break;
        }
      }
      return evidence.length === 0 ? undefined : { confidence, evidence };
    },
  };
}
