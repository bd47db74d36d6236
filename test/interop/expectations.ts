import type { Case } from './cases.ts';
import type { InteropVerifier } from './given.ts';

/** A bad bundle that another verifier is known to accept, and why that is so. */
interface Laxity {
  readonly verifier: string;
  readonly cases: readonly Case['name'][];
  readonly reason: string;
}

/** None of Assay: what is here is a reason to use `assay verify` and not the library alone. */
export const laxities: readonly Laxity[] = [
  {
    verifier: '@sigstore/verify',
    cases: ['other artifact', 'other predicate type'],
    reason:
      '`@sigstore/verify` verifies who signed the envelope and leaves what the envelope says to its caller: it is given ' +
      'neither the artifact nor a predicate type.',
  },
  {
    verifier: 'sigstore-python',
    cases: ['other predicate type'],
    reason:
      '`sigstore verify` compares the subject of a statement with the file and has no option for its predicate type.',
  },
  ...['@sigstore/verify', 'cosign', 'sigstore-python'].map((verifier) => ({
    verifier,
    cases: ['expired log'],
    reason:
      'An entry of Rekor v2 holds no time, and these verifiers hold the period of the log’s key against no other. Assay ' +
      'holds it against the time stamp, which is there in any case.',
  })),
  {
    verifier: 'sigstore-python',
    cases: ['expired certificate authority'],
    reason:
      'It reads the certificates of the root and not the `validFor` beside them: a certificate authority that was withdrawn ' +
      'is believed as long as its certificate lives.',
  },
];

/** Why this verifier is expected to accept a bad bundle; undefined: it has to reject it. */
export function laxityOf(verifier: Pick<InteropVerifier, 'name'>, bad: Case): Laxity | undefined {
  return laxities.find((laxity) => laxity.verifier === verifier.name && laxity.cases.includes(bad.name));
}
