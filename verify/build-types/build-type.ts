import type { z } from 'zod';
import type { Recipe, Source } from '#schemas/recipe.ts';
import type { WorkflowOrigin } from './workflow-origin.ts';

/** Something that went into a build, as its provenance names it. */
export interface StatedSource {
  readonly uri?: string;
  /** By algorithm, as stated: `sha256`, `gitCommit`, … */
  readonly digest: Readonly<Record<string, string>>;
}

/** What a provenance says, in words that are the same for every build type. */
export interface ProvenanceFacts {
  readonly builderId: string;
  /** What was built, not what it was built with. */
  readonly sources: readonly StatedSource[];
  readonly sourceKind?: Source['kind'];
  readonly recipeBy?: Recipe['by'];
  /** RFC 3339. */
  readonly finishedOn?: string;
  /** What the certificate of a workflow's identity says too. */
  readonly origin?: WorkflowOrigin;
}

/** One way to build whose provenance can be read here. A further one is a further file and a line in build-types.ts. */
export interface BuildType<P> {
  readonly uri: string;
  /** Strict: a parameter that is not known here could change what was built. */
  readonly externalParameters: z.ZodType;
  /** The known parameters, as text. */
  readonly known: string;
  readonly predicate: z.ZodType<P>;
  facts(predicate: P): ProvenanceFacts;
}
