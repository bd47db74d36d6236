import type { ContentView } from '#core/compare/content-view.ts';
import { alignLines } from '../aligned-lines.ts';
import { collectEvidence, type Found } from '../collect-evidence.ts';
import type { Explainer } from '../explainer.ts';
import { reorderedLines, sameItems } from '../reordered-lines.ts';
import { isSorted, isSortedByOtherRules } from '../sorting.ts';

const lostMin = 6;

/**
 * The same lines in another order. `likely` where neither side is sorted: somebody who sorts one list and not the other
 * had it from elsewhere.
 */
function inOtherOrder(view: ContentView): Found | undefined {
  const order = reorderedLines(view);
  if (order === undefined || isSortedByOtherRules(order.a, order.b)) return undefined;
  const unsorted = order.a.length > 2 && !isSorted(order.a) && !isSorted(order.b);
  return { ...order.first, confidence: unsorted ? 'likely' : 'possible' };
}

/**
 * Mostly the same lines in another order, and few that are lost, twice there or half written: what several writers make
 * of one file.
 */
function raced(view: ContentView): Found | undefined {
  if (view.text === undefined || !view.a.whole || !view.b.whole) return undefined;
  const { changed, removed, added } = alignLines(view);
  const a = [...changed.map((line) => line.a), ...removed.map(({ text }) => text)].filter(
    (line) => line !== '',
  );
  const b = [...changed.map((line) => line.b), ...added.map(({ text }) => text)].filter(
    (line) => line !== '',
  );
  if (a.length < lostMin || b.length < lostMin || sameItems(a, b)) return undefined;
  const [inA, inB] = [new Set(a), new Set(b)];
  const moved = a.filter((line) => inB.has(line)).length;
  const torn = a.find((line) => !inB.has(line)) ?? null;
  const more = b.find((line) => !inA.has(line)) ?? null;
  const lost = a.length - moved + b.filter((line) => !inA.has(line)).length;
  if (moved < lostMin || lost * 3 > moved) return undefined;
  return { a: torn, b: more, offset: view.offset ?? 0, confidence: 'possible' };
}

export const parallelOrder: Explainer = {
  meta: {
    id: 'parallel-order',
    title: 'The same lines stand in another order, as several jobs wrote them or nothing sorted them',
    remedy:
      'Let each job write a file of its own and join them in a fixed order; sort a list where it is made, independent of the locale (LC_ALL=C sort, sorted(…)).',
    looksLike:
      'modules.list  offset 0\n  a: compiled c.o\n  b: compiled a.o\n  the same lines in another order',
    why: 'Jobs that run at once (make -j, xargs -P, threads) append to one file as they end, and each time another one ends first; where they write at the same moment lines can be lost or torn.',
    fixes: {
      'make, shell':
        '`$(sort …)` of what the jobs made; one file for each job, then `cat` in a fixed order; `make -j1` as a stopgap',
      CMake: 'ninja and make write no list: `file(GENERATE)` instead of appending',
      Python: '`executor.map` keeps the order, `as_completed` does not',
      'npm, webpack, rollup': '`await Promise.all(…)` and then write; not from each callback',
      cargo: 'results of rayon collected with `par_iter().map().collect()`, which keeps the order',
      go: 'results by index, not from one channel as they come',
      'Maven, Gradle': 'resources merged by one task; Maven `-T1` as a stopgap',
      xargs: '`xargs -P1`, or `parallel --keep-order`',
    },
    needs: ['content'],
  },
  explain(facts) {
    const { evidence, likely } = collectEvidence(facts, (view) => {
      const found = inOtherOrder(view) ?? raced(view);
      return found === undefined ? [] : [found];
    });
    return evidence.length === 0 ? undefined : { confidence: likely ? 'likely' : 'possible', evidence };
  },
};
