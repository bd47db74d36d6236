/** The verifier as others import it: no service, no network, no clock. */
export { checkNames, type Check, type CheckName } from './checks.ts';
export type { Accepted } from './judge.ts';
export type { KnownPredicate } from './predicate.ts';
export { UnusableKey, trustKeys, type Trust, type TrustedKey } from './trust.ts';
export {
  verifyBundle,
  type Expectation,
  type Verified,
  type VerifyInput,
  type VerifyResult,
} from './verify-bundle.ts';
