import type { TrustedRoot } from '#deploy/sigstore/trusted-root.ts';

/** What JSON.parse gives of a bundle: cases edit it freely. */
export type BundleJson = ReturnType<typeof JSON.parse>;

/** Whose signature is asked for. */
export type ExpectedSigner =
  | { readonly kind: 'keyless'; readonly identity: string; readonly issuer: string }
  | { readonly kind: 'key'; readonly publicKeyPem: string };
export type SigningKind = ExpectedSigner['kind'];

/** All that a verifier is given about one bundle. */
export interface Given {
  readonly bundle: BundleJson;
  readonly trustedRoot: TrustedRoot;
  readonly artifact: Uint8Array;
  readonly predicateType: string;
  readonly signer: ExpectedSigner;
}

/** What a verifier said, and why, in its own words. */
export interface Answer {
  readonly accepted: boolean;
  readonly words: string;
}

/** A program or library that verifies bundles, which we only drive. */
export interface InteropVerifier {
  readonly name: string;
  readonly version: string;
  /** How signers may be given to it. */
  readonly kinds: readonly SigningKind[];
  verify(given: Given): Promise<Answer>;
  close?(): Promise<void>;
}
