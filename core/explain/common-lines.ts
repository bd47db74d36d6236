import { withoutCarriageReturns, type ContentView } from '#core/compare/content-view.ts';
import { viewLines } from './view-lines.ts';

const known = new WeakMap<ContentView, boolean>();

/** `haveCommonLine` of a view's texts; false for what is no text. */
export function viewsHaveCommonLine(view: ContentView): boolean {
  const found = known.get(view) ?? findCommonLine(view);
  known.set(view, found);
  return found;
}

function findCommonLine(view: ContentView): boolean {
  const lines = viewLines(view);
  if (lines === undefined) return false;
  const inB = new Uint8Array(lines.count);
  for (const id of lines.b.ids) inB[id] = 1;
  return lines.a.texts.some((line, at) => inB[lines.a.ids[at] ?? 0] === 1 && line.trim() !== '');
}

/** Whether two texts have a line in common, line ends and empty lines apart: without one they are two other texts. */
export function haveCommonLine(a: string, b: string): boolean {
  const lines = new Set(withoutCarriageReturns(b).split('\n'));
  return withoutCarriageReturns(a)
    .split('\n')
    .some((line) => line.trim() !== '' && lines.has(line));
}
