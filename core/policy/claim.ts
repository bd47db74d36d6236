import type { Level } from '#schemas/level.ts';
import type { Recipe, Source } from '#schemas/recipe.ts';
import type { VerdictKind } from '#schemas/verdict.ts';
import type { SignerIdentity } from './signer-table.ts';

/**
 * One signed statement about the artifact, as far as a policy looks at it: its signature was verified, or it is our own
 * and about to be signed. A member that the statement's type does not have is absent.
 */
export interface Claim {
  readonly signer: SignerIdentity;
  /** `builder.id`; of a summary, `verifier.id`. */
  readonly builderId: string;
  readonly predicateType: string;
  /** Of a comparison. A summary that says FAILED is no claim. */
  readonly verdict?: VerdictKind;
  /** Ids of the passes that its comparison rests on. */
  readonly passes?: readonly string[];
  /** What the statement itself says; absent where its type has no level (provenance), then the signer table's counts. */
  readonly level?: Level;
  readonly recipeBy?: Recipe['by'];
  readonly source?: { readonly kind?: Source['kind']; readonly url?: string };
  /** Digest of the policy that a summary is about. */
  readonly summaryPolicySha256?: string;
  /** When it was made: the oldest of what the statement says and what was witnessed. */
  readonly madeAt?: Date;
}
