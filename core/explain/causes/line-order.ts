import { withoutCarriageReturns } from '#core/compare/content-view.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';

/** The first line that stands elsewhere, where both texts have the same lines; undefined otherwise. */
function firstMoved(a: string, b: string): { a: string; b: string; offset: number } | undefined {
  const one = withoutCarriageReturns(a).split('\n');
  const other = withoutCarriageReturns(b).split('\n');
  if (one.length !== other.length) return undefined;
  const sorted = (lines: readonly string[]) => [...lines].sort().join('\n');
  if (sorted(one) !== sorted(other)) return undefined;
  const at = one.findIndex((line, index) => line !== other[index]);
  if (at === -1) return undefined;
  const offset = Buffer.byteLength(one.slice(0, at).join('\n')) + (at > 0 ? 1 : 0);
  return { a: one[at] ?? '', b: other[at] ?? '', offset };
}

export const lineOrder: Explainer = {
  meta: {
    id: 'line-order',
    title: 'The same lines stand in another order',
    remedy:
      'Sort the list where it is made, independent of the locale (LC_ALL=C sort, sorted(os.listdir(…))); where several jobs append to it, let each write its own and join them in a fixed order.',
    looksLike: 'files.list  offset 2\n  a: D\n  b: b\n  the same lines',
    why: 'The list was sorted by the rules of a locale, or not at all: files as the directory gave them, or jobs as they ended.',
    fixes: {
      'make, shell': 'LC_ALL=C sort',
      Python: 'sorted(…)',
      Perl: 'sort, without `use locale`',
      make: 'one file a job, joined in a fixed order',
      CMake: 'list(SORT)',
    },
    needs: ['content'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    for (const { delta, view } of contentViews(facts)) {
      if (view.text === undefined || !view.a.whole || !view.b.whole) continue;
      const moved = firstMoved(view.text.a, view.text.b);
      if (moved) evidence.push({ delta, ...moved });
    }
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
