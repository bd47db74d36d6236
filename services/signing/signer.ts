import { createHash, type KeyObject } from 'node:crypto';

/** A self-managed public key and its name. */
export interface SigningKey {
  /** base64 of sha256 of the public key's DER (SubjectPublicKeyInfo): how a bundle names the key. */
  readonly hint: string;
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKeyPem: string;
}

/** What a verifier needs beside a signature: a key that it knows, or a certificate that names the signer. */
export type Material =
  | ({ readonly kind: 'public-key' } & SigningKey)
  | {
      readonly kind: 'certificate';
      /** X.509, DER: the signer's own, without those above it. */
      readonly certificate: Uint8Array;
    };

/** One signature and what belongs to it. */
export interface Signature {
  /** ECDSA over SHA-256, DER. */
  readonly signature: Uint8Array;
  readonly material: Material;
}

/**
 * Signs the pre-authentication encoding of a DSSE envelope. Only workers/attest holds one. P-256 only: what transparency
 * logs and other verifiers accept. One contract suite for all: test/contract/describe-signer.ts.
 */
export interface Signer {
  /** @throws AppError `unavailable` where the key or the certificate authority cannot be reached just now */
  sign(pae: Uint8Array, signal?: AbortSignal): Promise<Signature>;
}

/** A signer with one key of its own, which is the same for all that it signs. */
export interface KeySigner extends Signer, SigningKey {}

/** base64(sha256(SPKI DER)), the hint by which Sigstore bundles name a self-managed key. */
export function keyHint(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}
