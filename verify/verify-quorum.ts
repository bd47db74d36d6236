import { countOperators, type PolicyResult, type Quorum } from '#core/policy/evaluate.ts';
import type { Expectation } from './expectation.ts';
import { verifyBundle, type VerifyInput, type VerifyResult } from './verify-bundle.ts';

export interface QuorumInput extends Pick<VerifyInput, 'artifactSha256' | 'artifactSha512' | 'trust'> {
  readonly bundles: readonly Uint8Array[];
  /** Who is believed, what they have to say, and how many operators have to say it. */
  readonly quorum: Quorum;
  /** What else is asked of each bundle, and `now` where an age is asked for. */
  readonly expect?: Pick<Expectation, 'builderId' | 'builderIds' | 'source' | 'resourceUri' | 'now'>;
}

/** Each bundle's own result in the order given, and what they come to together. */
export interface QuorumResult extends PolicyResult {
  readonly bundles: readonly VerifyResult[];
}

/**
 * Verifies the bundles about one file and counts the operators behind those that passed. A bundle that fails counts for
 * nobody and against nobody: to take one away never makes a pass. Pure and synchronous; never throws.
 */
export function verifyQuorum({ quorum, bundles, expect: more = {}, ...about }: QuorumInput): QuorumResult {
  const { builderId, builderIds, source, resourceUri, now } = more;
  const { accept, ...asked } = quorum.asked;
  const expect: Expectation = {
    ...asked,
    signers: quorum.rules,
    ...(accept.includes('equivalent') && { accept: ['equivalent'] }),
    ...(builderId !== undefined && { builderId }),
    ...(builderIds && { builderIds }),
    ...(source && { source }),
    ...(resourceUri !== undefined && { resourceUri }),
    ...(now && { now }),
  };
  const results = bundles.map((bundleBytes) => verifyBundle({ ...about, bundleBytes, expect }));
  const claims = results.flatMap((result) => (result.verified ? [result.claim] : []));
  return { ...countOperators(quorum, claims, now), bundles: results };
}
