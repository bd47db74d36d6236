import { createHash, type KeyObject } from 'node:crypto';

/** One signature and what a verifier needs beside it. A signer with certificates adds a kind of `material`. */
export interface Signature {
  /** ECDSA over SHA-256, DER. */
  readonly signature: Uint8Array;
  readonly material: { readonly kind: 'public-key'; readonly hint: string; readonly publicKeyPem: string };
}

/**
 * Signs the pre-authentication encoding of a DSSE envelope. Only workers/attest holds one. Implementations: a P-256 key
 * file; one contract suite, test/contract/signer. P-256 only: what transparency logs and other verifiers accept.
 */
export interface Signer {
  /** base64 of sha256 of the public key's DER (SubjectPublicKeyInfo): how a bundle names the key. */
  readonly hint: string;
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKeyPem: string;
  /** @throws AppError `unavailable` where the key cannot be reached just now */
  sign(pae: Uint8Array): Promise<Signature>;
}

/** base64(sha256(SPKI DER)), the hint by which Sigstore bundles name a self-managed key. */
export function keyHint(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}
