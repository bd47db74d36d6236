import type { ContentView } from './content-view.ts';
import type { Delta } from './delta.ts';

/** All that passes and explainers judge by. Nothing in it says which side is right. */
export interface ComparisonFacts {
  readonly deltas: readonly Delta[];
  /** The bytes around a content difference, where they were captured. */
  view(delta: Delta): ContentView | undefined;
}
