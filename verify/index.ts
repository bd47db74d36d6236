/** The verifier as others import it: no service, no network, no clock. */
export { checkNames, type Check, type CheckName } from './checks.ts';
export type { Accepted, Expectation, SourceExpectation } from './expectation.ts';
export type { KnownPredicate, KnownProvenance } from './predicate.ts';
export {
  UnusableKey,
  UnusableTrustedRoot,
  trustKeys,
  trustMaterial,
  type Trust,
  type TrustedKey,
} from './trust.ts';
export {
  verifyBundle,
  type Believed,
  type Verified,
  type VerifyInput,
  type VerifyResult,
} from './verify-bundle.ts';
export { verifyQuorum, type QuorumInput, type QuorumResult } from './verify-quorum.ts';
export { Policy } from '#schemas/policy.ts';
export type { Claim } from '#core/policy/claim.ts';
export type { PolicyResult, Quorum } from '#core/policy/evaluate.ts';
export { requirementsOf, type Requirements } from '#core/policy/requirements.ts';
export { signerRules, type SignerIdentity, type SignerRule } from '#core/policy/signer-table.ts';
