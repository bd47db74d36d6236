import { viewContent, type ContentView } from '#core/compare/content-view.ts';
import type { Delta } from '#core/compare/delta.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import type { Part } from '#schemas/comparison.ts';
import { Renamings } from './renamings.ts';

/** Longer texts are shown as they are: an index, manifest or page is short. */
const textMax = 1024 ** 2;

const known = new WeakMap<ComparisonFacts, Renamings>();

/** What is one thing by other names on both sides; found once. */
export function renamingsOf(facts: ComparisonFacts): Renamings {
  const renamings = known.get(facts) ?? new Renamings(facts);
  known.set(facts, renamings);
  return renamings;
}

/** Both texts of a content that is short enough and known as a whole. */
export function textsOf(
  view: ContentView | undefined,
): { readonly a: string; readonly b: string } | undefined {
  if (view === undefined || !view.a.whole || !view.b.whole) return undefined;
  if (Math.max(view.a.bytes.byteLength, view.b.bytes.byteLength) > textMax) return undefined;
  return view.text;
}

/** `view` with the first file's names in the second one's text; undefined where nothing else differs. */
function shown(view: ContentView, renamings: Renamings): ContentView | undefined {
  const text = textsOf(view);
  if (text === undefined) return view;
  const replaced = renamings.withNames(text.b);
  if (replaced === text.b) return view;
  if (replaced === text.a) return undefined;
  const parts = (view.inside?.parts ?? []).flatMap((part): Part[] => {
    if (typeof part.b !== 'string') return [part];
    const b = renamings.withNames(part.b);
    return b === part.a ? [] : [{ ...part, b }];
  });
  const inside = view.inside === undefined ? undefined : { ...view.inside, parts };
  return viewContent(view.a, { ...view.b, bytes: Buffer.from(replaced) }, () => inside);
}

/**
 * The facts as explainers of causes should see them: a content that differs only by digests and names of what else differs
 * is not shown, and of one that has more, the rest.
 */
export function withoutConsequences(facts: ComparisonFacts): ComparisonFacts {
  const views = new Map<Delta, ContentView | undefined>();
  const renamings = renamingsOf(facts);
  return {
    ...facts,
    view(delta) {
      if (views.has(delta)) return views.get(delta);
      const view = facts.view(delta);
      const found = view === undefined ? undefined : shown(view, renamings);
      views.set(delta, found);
      return found;
    },
  };
}
