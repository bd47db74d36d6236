import type { ContentView } from '#core/compare/content-view.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import { collectEvidence, type Found } from './collect-evidence.ts';
import type { Evidence, Explainer } from './explainer.ts';

/** An explainer that also claims what `foundIn` finds in contents, and `inFacts` elsewhere; these are certain. */
export function alsoFound(
  { meta, explain }: Explainer,
  foundIn: (view: ContentView) => readonly Omit<Found, 'confidence'>[],
  inFacts: (facts: ComparisonFacts) => readonly Evidence[] = () => [],
): Explainer {
  return {
    meta,
    explain(facts) {
      const claim = explain(facts);
      const found = [
        ...collectEvidence(facts, (view) =>
          foundIn(view).map((each) => ({ ...each, confidence: 'likely' as const })),
        ).evidence,
        ...inFacts(facts),
      ];
      if (found.length === 0) return claim;
      const known = new Set(found.map(({ delta }) => delta));
      const others = claim?.evidence.filter(({ delta }) => !known.has(delta)) ?? [];
      return {
        confidence: 'likely',
        evidence: [...found, ...others],
        ...(claim?.change === undefined ? {} : { change: claim.change }),
      };
    },
  };
}
