/** What a bundle was witnessed by. */
export interface Witnessed {
  /** A transparency log holds an entry for it, and its inclusion proof is in the bundle. */
  readonly log: boolean;
  /** An RFC 3161 time stamp of the signature is in the bundle. */
  readonly timestamp: boolean;
}

/** A statement, signed and witnessed as far as it was asked for. */
export interface SignedBundle {
  /** A Sigstore bundle v0.3, canonical JSON. */
  readonly bytes: Uint8Array;
  /** Of a self-managed key (base64 of sha256 of its SPKI DER); absent where a certificate of this bundle names the signer. */
  readonly keyHint?: string;
  readonly witnessed: Witnessed;
}

/**
 * One way to sign (a key, a token, a KMS, Fulcio) with its witnesses (time-stamp authority, log), made ready from the
 * configuration. All or nothing: a bundle that comes out has every witness that is configured and was asked for.
 */
export interface Signing {
  /** The self-managed key that it signs with; absent for keyless, where each signature has a certificate of its own. */
  readonly key?: { readonly hint: string; readonly publicKeyPem: string };
  /** Whether a transparency log is configured at all. */
  readonly hasLog: boolean;
  /**
   * @param statement what core/statement/encode gave
   * @param ask `log: false` for what is private: nothing about it is sent to the log
   * @throws AppError `unavailable` where key, certificate authority, time-stamp authority or log cannot be had just now:
   *   signing again later is right, and makes another signature
   */
  sign(statement: Uint8Array, ask: { readonly log: boolean }, signal?: AbortSignal): Promise<SignedBundle>;
}
