import type { ContentView } from '#core/compare/content-view.ts';

/** Two texts of the same lines, in another order. */
export interface Reordering {
  /** Without empty lines and the commas at their ends, in each side's order. */
  readonly a: readonly string[];
  readonly b: readonly string[];
  /** The first line that stands elsewhere, and its offset in `a`. */
  readonly first: { readonly a: string; readonly b: string; readonly offset: number };
}

const linesMax = 200_000;
const known = new WeakMap<ContentView, { readonly found: Reordering | undefined }>();

/** Undefined where a line is another, or the order is the same, or the texts are not known as a whole. */
export function reorderedLines(view: ContentView): Reordering | undefined {
  const { found } = known.get(view) ?? { found: findReordering(view) };
  known.set(view, { found });
  return found;
}

function findReordering({ a, b, text }: ContentView): Reordering | undefined {
  if (text === undefined || !a.whole || !b.whole) return undefined;
  // What is last in a list has no comma behind it.
  const split = (side: string) => side.split('\n', linesMax + 1).map((line) => line.replace(/[,;]?\r?$/, ''));
  const [linesA, linesB] = [split(text.a), split(text.b)];
  if (linesA.length > linesMax || linesB.length > linesMax) return undefined;
  const full = (lines: readonly string[]) => lines.filter((line) => line.trim() !== '');
  const [fullA, fullB] = [full(linesA), full(linesB)];
  if (fullA.length < 2 || fullA.length !== fullB.length || !sameItems(fullA, fullB)) return undefined;
  const at = linesA.findIndex((line, index) => line !== linesB[index]);
  if (at === -1 || fullA.every((line, index) => line === fullB[index])) return undefined;
  const offset = Buffer.byteLength(text.a.split('\n', at).join('\n')) + (at > 0 ? 1 : 0);
  return { a: fullA, b: fullB, first: { a: linesA[at] ?? '', b: linesB[at] ?? '', offset } };
}

/** Whether two lists have the same items, each as often. */
export function sameItems(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const counts = new Map<string, number>();
  for (const item of a) counts.set(item, (counts.get(item) ?? 0) + 1);
  for (const item of b) {
    const left = (counts.get(item) ?? 0) - 1;
    if (left < 0) return false;
    counts.set(item, left);
  }
  return true;
}
