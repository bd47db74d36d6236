import type { ContentView } from './content-view.ts';
import type { Delta } from './delta.ts';
import type { PackedBytes } from './packed-bytes.ts';

/** All that passes and explainers judge by. Nothing in it says which side is right. */
export interface ComparisonFacts {
  readonly deltas: readonly Delta[];
  /** The bytes around a content difference, where they were captured. */
  view(delta: Delta): ContentView | undefined;
  /** The beginnings of two compressed streams of one content, where they stand in the outermost archive. */
  packed(delta: Delta): PackedBytes | undefined;
}
