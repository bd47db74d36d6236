import type { RecipeChange } from '#schemas/recipe-change.ts';
import type { Span } from './moments.ts';
import type { Compared } from './places.ts';
import type { Setting } from './setting.ts';
import type { VaryTools } from './variation.ts';

/** One build to be made. */
export interface BuildOrder {
  /** For people who wait. */
  readonly label: string;
  readonly setting: Setting;
  /** What is tried of the recipe. */
  readonly changes?: readonly RecipeChange[];
  /** Begin it when what it writes as the time can no longer be what that build wrote. */
  readonly after?: Built;
}

/** A build that ended well, with all its outputs. */
export interface Built {
  readonly kind: 'built';
  /** Names it for `compare`. */
  readonly folder: string;
  /** In the order of the recipe. */
  readonly outputs: readonly { readonly path: string; readonly sha256: string; readonly size: number }[];
  readonly span: Span;
}

export type BuildOutcome =
  | Built
  /** By the build's own failure, or by a limit. */
  | { readonly kind: 'failed'; readonly detail: string; readonly own: boolean }
  /** The number of builds that was allowed has been made. */
  | { readonly kind: 'spent' };

/** Where builds are made and compared: what a search needs of the world. */
export interface Lab {
  readonly tools: VaryTools;
  readonly cpus: number;
  build(order: BuildOrder): Promise<BuildOutcome>;
  /** The outputs that differ; empty where all are the same. */
  compare(a: Built, b: Built): Promise<readonly Compared[]>;
}
