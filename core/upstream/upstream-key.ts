import type { ClaimKind } from './claims.ts';

/** A public key of somebody else, and what it is believed in. */
export interface UpstreamKey {
  /** Whose it is: shown. */
  readonly name: string;
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKeyPem: string;
  /** The name under which bundles refer to it. Default: base64 of sha256 of the key's DER, as Sigstore has it. */
  readonly hint?: string;
  /** RFC 3339. */
  readonly validFor?: { readonly start: string; readonly end?: string };
  /** The only kinds of statement that it may sign; absent: any. */
  readonly kinds?: readonly ClaimKind[];
}
