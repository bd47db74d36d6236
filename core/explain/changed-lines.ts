import type { ContentView } from '#core/compare/content-view.ts';
import { withoutCarriageReturns } from '#core/compare/content-view.ts';

export interface ChangedLine {
  readonly a: string;
  readonly b: string;
  /** Offset of the line in `a`'s content. */
  readonly offset: number;
}

const linesMax = 2000;

/** Most explainers ask the same of each content. */
const known = new WeakMap<ContentView, { readonly lines: readonly ChangedLine[] | undefined }>();

/**
 * Lines that differ at the same place, line ends apart; undefined where the texts do not have the same number of lines,
 * are no texts, or too many lines differ.
 */
export function changedLines(view: ContentView): readonly ChangedLine[] | undefined {
  const found = known.get(view) ?? { lines: findChangedLines(view) };
  known.set(view, found);
  return found.lines;
}

function findChangedLines(view: ContentView): ChangedLine[] | undefined {
  if (view.text === undefined) return undefined;
  const linesA = withoutCarriageReturns(view.text.a).split('\n');
  const linesB = withoutCarriageReturns(view.text.b).split('\n');
  // In a window the end is cut at a byte, so that the number of lines says nothing.
  const whole = view.a.whole && view.b.whole;
  if (whole && linesA.length !== linesB.length) return undefined;
  const changed: ChangedLine[] = [];
  let offset = view.a.start;
  for (let index = 0; index < Math.min(linesA.length, linesB.length); index += 1) {
    const a = linesA[index] ?? '';
    const b = linesB[index] ?? '';
    if (a !== b) changed.push({ a, b, offset });
    if (changed.length > linesMax) return undefined;
    offset += Buffer.byteLength(a) + 1;
  }
  return changed;
}
