import type { ContentView } from '#core/compare/content-view.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import { contentViews } from './content-views.ts';
import type { Claim, Evidence } from './explainer.ts';

/** A place of a content that an explainer claims, and how sure it is of that. */
export type Found = Omit<Evidence, 'delta'> & { readonly confidence: Claim['confidence'] };

const placesEachMax = 5;

/** What `foundIn` claims of each content that differs, a few places of each; `likely` where one of them is. */
export function collectEvidence(
  facts: ComparisonFacts,
  foundIn: (view: ContentView) => readonly Found[],
): { readonly evidence: Evidence[]; readonly likely: boolean } {
  const evidence: Evidence[] = [];
  let likely = false;
  for (const { delta, view } of contentViews(facts)) {
    for (const { confidence, ...found } of foundIn(view).slice(0, placesEachMax)) {
      evidence.push({ delta, ...found });
      likely ||= confidence === 'likely';
    }
  }
  return { evidence, likely };
}
