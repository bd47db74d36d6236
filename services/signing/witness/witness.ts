import type { Signature } from '../signer.ts';

/** What a witness is told: nothing of the statement but its digest. */
export interface Testified extends Signature {
  /** Of the pre-authentication encoding that was signed. */
  readonly paeSha256: Uint8Array;
}

/** What a witness adds to a bundle's `verificationMaterial`, as members of the bundle's JSON. */
export interface Testimony {
  readonly material: Readonly<Record<string, unknown>>;
}

/** Somebody who confirms that a signature was there: a time-stamp authority, a transparency log. */
export interface Witness {
  /** @throws AppError `unavailable` where it gives no answer that can be accepted */
  testify(signed: Testified, signal?: AbortSignal): Promise<Testimony>;
}
