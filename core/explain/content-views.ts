import type { ContentView } from '#core/compare/content-view.ts';
import type { Delta } from '#core/compare/delta.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';

/** The contents that differ and of which bytes were captured, in the order of the differences. */
export function* contentViews(
  facts: ComparisonFacts,
): Generator<{ readonly delta: Delta; readonly view: ContentView }> {
  for (const delta of facts.deltas) {
    const view = delta.kind === 'content' ? facts.view(delta) : undefined;
    if (view !== undefined) yield { delta, view };
  }
}
