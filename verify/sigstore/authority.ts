import { isIssuedBy, type Certificate } from './certificate.ts';
import { contains, intersect, type Period } from './period.ts';

/** What certificates under an authority are for. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12 */
export const keyPurpose = {
  codeSigning: '1.3.6.1.5.5.7.3.3',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const;

/** A chain of authorities, verified: the issuer of leaves first, the self-signed root last. */
export interface Authority {
  readonly issuers: readonly [Certificate, ...Certificate[]];
  /** When the operator says so and every certificate of the chain is valid. */
  readonly period: Period;
}

/** Why a chain cannot be trusted, as the end of a sentence. */
export class BrokenChain extends Error {}

/**
 * Verifies `chain` once, for all that is going to be verified with it: each certificate issued by the next one, the last
 * by itself; authorities that may sign certificates for `purpose`, within their path lengths. @throws BrokenChain
 */
export function authorityOf(chain: readonly Certificate[], purpose: string, stated: Period): Authority {
  const [first, ...others] = chain;
  if (!first) throw new BrokenChain('the chain is empty');
  let period = stated;
  for (const [below, certificate] of chain.entries()) {
    if (!certificate.isAuthority || !certificate.maySignCertificates)
      throw new BrokenChain(`certificate ${below} is not an authority`);
    if (certificate.pathLength !== undefined && certificate.pathLength < below)
      throw new BrokenChain(`certificate ${below} allows fewer authorities below it`);
    const { extendedKeyUsage } = certificate;
    if (extendedKeyUsage && !extendedKeyUsage.includes(purpose))
      throw new BrokenChain(`certificate ${below} is for another purpose`);
    if (!isIssuedBy(certificate, chain[below + 1] ?? certificate))
      throw new BrokenChain(
        below + 1 === chain.length
          ? 'the last certificate is not self-signed'
          : `certificate ${below} was not issued by the next one`,
      );
    period = intersect(period, certificate.validity);
  }
  return { issuers: [first, ...others], period };
}

/** Whether the first certificate of `authority` issued `leaf`, a certificate that is itself no authority. */
export function hasIssued({ issuers }: Authority, leaf: Certificate): boolean {
  return !leaf.isAuthority && leaf.mayDigitallySign && isIssuedBy(leaf, issuers[0]);
}

/** Whether `leaf`, the whole chain and the operator's own word were all valid at `at`. */
export function wasValid({ period }: Authority, leaf: Certificate, at: Date): boolean {
  return contains(period, at) && contains(leaf.validity, at);
}
