import type { ContentView } from '#core/compare/content-view.ts';
import type { Delta } from '#core/compare/delta.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import { alignLines } from './aligned-lines.ts';
import { viewsHaveCommonLine } from './common-lines.ts';
import { ownLines } from './own-lines.ts';
import { reorderedLines } from './reordered-lines.ts';
import { forgetLines } from './view-lines.ts';

/** Bytes of contents that explainers look at, and how many of them one content counts for at most. */
const bytesMax = 32 * 1024 ** 2;
const bytesEachMax = 256 * 1024;

const prepared = new WeakSet<ContentView>();

/** Finds out what most explainers ask, while the texts are at hand: not all of them can be held for the next one. */
function prepare(view: ContentView): void {
  if (prepared.has(view)) return;
  prepared.add(view);
  alignLines(view);
  ownLines(view);
  reorderedLines(view);
  viewsHaveCommonLine(view);
  forgetLines();
}

/** The contents that differ and of which bytes were captured, in the order of the differences, within a bound. */
export function* contentViews(
  facts: ComparisonFacts,
): Generator<{ readonly delta: Delta; readonly view: ContentView }> {
  let left = bytesMax;
  for (const delta of facts.deltas) {
    const view = delta.kind === 'content' ? facts.view(delta) : undefined;
    if (view === undefined) continue;
    left -= Math.min(view.a.bytes.byteLength + view.b.bytes.byteLength, bytesEachMax);
    if (left < 0) return;
    prepare(view);
    yield { delta, view };
  }
}
