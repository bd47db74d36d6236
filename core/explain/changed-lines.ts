import type { ContentView } from '#core/compare/content-view.ts';
import { alignLines } from './aligned-lines.ts';
import type { ChangedLine } from './line.ts';

/** Lines of two texts that are each other, changed, line ends apart; undefined for what is no text. */
export function changedLines(view: ContentView): readonly ChangedLine[] | undefined {
  return view.text === undefined ? undefined : alignLines(view).changed;
}
