/** Who signed, as the verification of a signature told it. Extensions of a certificate are known by their OID. */
export type UpstreamSigner =
  | { readonly kind: 'public-key'; readonly hint: string }
  | {
      readonly kind: 'certificate';
      readonly subjectAlternativeName: string;
      readonly issuer: string;
      readonly extensions: Readonly<Record<string, string>>;
    };

/** Claims of an OIDC token that Fulcio puts into a certificate. https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
const oids = {
  buildSigner: '1.3.6.1.4.1.57264.1.9',
  runnerEnvironment: '1.3.6.1.4.1.57264.1.11',
  sourceRepository: '1.3.6.1.4.1.57264.1.12',
  sourceCommit: '1.3.6.1.4.1.57264.1.13',
  buildConfig: '1.3.6.1.4.1.57264.1.18',
} as const;

/** One claim of the signer's certificate; undefined where there is none, or the signer is a bare key. */
export function certificateClaim(signer: UpstreamSigner, claim: keyof typeof oids): string | undefined {
  return signer.kind === 'certificate' ? signer.extensions[oids[claim]] : undefined;
}

/** The signer in a few words; it may hold text that somebody else wrote. */
export function signerName(signer: UpstreamSigner): string {
  return signer.kind === 'public-key' ? `key ${signer.hint}` : signer.subjectAlternativeName;
}
