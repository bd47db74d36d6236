/** Whom a statement has to be signed by, and who says so. What is not named may be anything. */
export interface ExpectedSigner {
  /** Such as "the registry": shown. */
  readonly saidBy: string;
  /** As core/upstream/repository.ts spells it; the workflow ran there. */
  readonly repository?: string;
  /** The workflow's file within that repository. */
  readonly workflow?: string;
  readonly issuer?: string;
  /** The whole subject of the certificate. */
  readonly subject?: string;
}

/** Of a Sigstore bundle v0.3, as it is written today. https://docs.sigstore.dev/about/bundle/ */
export const bundleMediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** A bundle that somebody gave us; nothing of it is verified. */
export interface FoundBundle {
  /** Where it was found, without credentials: a URL or a file, with a number where there were several. */
  readonly from: string;
  /** A Sigstore bundle as JSON, or a bare DSSE envelope. */
  readonly json: unknown;
  readonly expected?: ExpectedSigner;
}
