import type { Artifact } from '#schemas/artifact.ts';
import type { JobKind, JobReport } from '#schemas/jobs.ts';
import type { Recipe } from '#schemas/recipe.ts';
import type { Verdict } from '#schemas/verdict.ts';

/** What one job has come to. `open`: queued or leased. `gave-up`: our own failures used up its tries. */
export type JobState = {
  [K in JobKind]: {
    readonly kind: K;
    /** Number of the attempt that it belongs to; 0 for resolve and attest. */
    readonly attempt: number;
    readonly status: 'open' | 'done' | 'gave-up';
    readonly report?: JobReport<K>;
  };
}[JobKind];

/** All that decides what comes next for a rebuild. */
export interface RebuildState {
  readonly cancelled: boolean;
  /** Set by the resolve report, or at once for a replay. */
  readonly resolved?: { readonly artifact: Artifact; readonly recipes: readonly Recipe[] };
  /** Whether the registry is to be asked again at the end whether the artifact is still the same. */
  readonly recheck: boolean;
  /** The verdict, once reached; it is never changed after it was signed. */
  readonly verdict?: Verdict;
  /** In the order in which they were made. */
  readonly jobs: readonly JobState[];
}

/** What the control plane is to do. */
export type Next =
  | { readonly do: 'wait' }
  | { readonly do: 'resolve' }
  | { readonly do: 'rebuild'; readonly attempt: number }
  | { readonly do: 'compare'; readonly attempt: number }
  | { readonly do: 'recheck' }
  /** The verdict is reached, by that attempt (0: by none): keep it and have it signed. */
  | { readonly do: 'attest'; readonly verdict: Verdict; readonly attempt: number }
  | { readonly do: 'finish' };
