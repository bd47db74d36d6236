import type { Level } from '#schemas/level.ts';
import type { CertificateIdentity, PolicySigner } from '#schemas/policy.ts';
import { matchesIdentity } from './identity-pattern.ts';

/** Who signed, as a verification found it. */
export type SignerIdentity =
  | { readonly kind: 'public-key'; readonly hint: string }
  | { readonly kind: 'certificate'; readonly identity: string; readonly issuer: string };

/** One line of the table, with keys by their hint. */
export interface SignerRule {
  readonly operator: string;
  readonly signer: { readonly hint: string } | CertificateIdentity;
  /** Absent: any, because whoever trusts the signer did not say. */
  readonly builderIds?: readonly string[];
  readonly maximumLevel: Level;
}

/** The rules of a policy. `hintOf` digests a key; core reads no PEM. */
export function signerRules(
  signers: readonly PolicySigner[],
  hintOf: (publicKeyPem: string) => string,
): SignerRule[] {
  return signers.map((line) => {
    const { operator, builderIds, maximumLevel } = line;
    const rule = { operator, builderIds, maximumLevel };
    if ('certificate' in line) return { ...rule, signer: line.certificate };
    const hint = 'hint' in line.key ? line.key.hint : hintOf(line.key.publicKeyPem);
    return { ...rule, signer: { hint } };
  });
}

/** Whether `rule` is about this signer, whatever it signed for. */
export function isSignerOf({ signer }: SignerRule, who: SignerIdentity): boolean {
  if ('hint' in signer) return who.kind === 'public-key' && who.hint === signer.hint;
  if (who.kind !== 'certificate' || who.issuer !== signer.issuer) return false;
  // A certificate that names nobody, or nobody who vouches, is nobody's.
  if (who.issuer === '' || who.identity === '') return false;
  return 'identity' in signer
    ? who.identity === signer.identity
    : matchesIdentity(signer.identityPattern, who.identity);
}

/** Whether `rule` lets its signer speak for `builderId`: one of those written out, never a prefix. */
export function allowsBuilder({ builderIds }: SignerRule, builderId: string): boolean {
  return builderIds === undefined || builderIds.includes(builderId);
}

/** The first rule by which `who` may sign for `builderId`. */
export function ruleFor(
  rules: readonly SignerRule[],
  who: SignerIdentity,
  builderId: string,
): SignerRule | undefined {
  return rules.find((rule) => isSignerOf(rule, who) && allowsBuilder(rule, builderId));
}
