import type { VerdictKind } from '#schemas/verdict.ts';

/** Provenance by somebody else about the same artifact, that a verification of the signer's own accepted. */
export interface ForeignProvenance {
  /** Who runs that builder, as the policy names them. */
  readonly operator: string;
  readonly builderId: string;
  /** sha256 of the output that it records. */
  readonly outputSha256: string;
  /** Whether it records build inputs enough to tell what was built. */
  readonly namesInputs: boolean;
}

export interface ReproducedInput {
  readonly verdict: VerdictKind;
  /** Who runs us, as the policy names them; absent where the policy does not trust us. */
  readonly operator: string | undefined;
  /** sha256 of what our own provenance is about; absent where we made none. */
  readonly ownOutputSha256: string | undefined;
  readonly artifactSha256: string;
  readonly others: readonly ForeignProvenance[];
}

/** Whether `SLSA_BUILD_REPRODUCED` may be said, and if not what is missing: each a sentence. */
export interface ReproducedResult {
  readonly holds: boolean;
  readonly missing: readonly string[];
}

/**
 * The property may be issued only where at least two independently operated builders that the issuer trusts each made an
 * attestation with the same output digest and with the inputs. Two workers of ours are one operator; a match after
 * normalisation is no match. https://slsa.dev/spec/v1.2/verified-properties
 */
export function reproducedProperty(input: ReproducedInput): ReproducedResult {
  const { verdict, operator, ownOutputSha256, artifactSha256, others } = input;
  const missing: string[] = [];
  if (verdict !== 'reproduced')
    missing.push(`Our own build has to give the same bytes; the verdict is ${verdict}.`);
  if (operator === undefined) missing.push('The policy has to name this builder among those it trusts.');
  if (ownOutputSha256 !== artifactSha256)
    missing.push('Our own provenance has to be about the artifact itself.');
  const independent = others.filter((other) => other.operator !== operator);
  const agreeing = independent.filter(
    ({ outputSha256, namesInputs }) => outputSha256 === artifactSha256 && namesInputs,
  );
  if (agreeing.length === 0) missing.push(whyNoneAgrees(others, independent, artifactSha256));
  return { holds: missing.length === 0, missing };
}

function whyNoneAgrees(
  others: readonly ForeignProvenance[],
  independent: readonly ForeignProvenance[],
  artifactSha256: string,
): string {
  if (others.length === 0)
    return 'No verified provenance by another operator was given to the signer: one other, independent builder has to have made some about these bytes.';
  if (independent.length === 0)
    return 'All other provenance is by the operator of this builder: two builders of one operator count once.';
  return independent.some(({ outputSha256 }) => outputSha256 === artifactSha256)
    ? 'The other operator’s provenance does not say what it was built from.'
    : 'The other operator’s provenance is about other bytes.';
}
