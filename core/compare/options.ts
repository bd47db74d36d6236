import type { ReadLimits } from '#core/archive/limits.ts';

/** How a comparison is made. Bounds are counts, never times: the same pair gives the same report. */
export interface CompareOptions {
  /** `always`: findings also of files that are identical, which must then be read as archives. */
  readonly findings?: 'always' | 'when-different';
  readonly limits?: Partial<ReadLimits>;
  /** Differences listed; all are counted. */
  readonly differencesMax?: number;
  /** Parts listed of what a look inside one content found; all are counted. */
  readonly partsMax?: number;
  /** Ids of passes that may set nothing aside, or `all`. */
  readonly refusedPasses?: readonly string[];
}
