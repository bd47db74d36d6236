import type { SignerIdentity } from '#core/policy/signer-table.ts';
import { parseStrictJson } from '#verify/strict-json.ts';
import { parseBundle } from '#verify/bundle.ts';
import { parseCertificate } from '#verify/sigstore/certificate.ts';
import { identityOf } from '#verify/sigstore/leaf.ts';
import { bundleBytesMax } from '#schemas/statement.ts';
import type { Signing } from '#services/signing/signing.ts';

/**
 * Whom a verifier will find that we are. Without a key of our own only a certificate tells, and one that somebody else
 * hands in could name anybody: so a certificate is had for `statement`, which no log is told of.
 * @throws AppError `unavailable`
 */
export async function identityOfSigning(
  signing: Signing,
  statement: Uint8Array,
  signal: AbortSignal,
): Promise<SignerIdentity> {
  if (signing.key) return { kind: 'public-key', hint: signing.key.hint };
  const { bytes } = await signing.sign(statement, { log: false }, signal);
  const json = parseStrictJson(bytes, bundleBytesMax);
  const bundle = json.ok ? parseBundle(json.value) : { fault: json.fault };
  if ('fault' in bundle || bundle.signer.kind !== 'certificate')
    throw new Error('what we signed is not a bundle with a certificate');
  const { subjectAlternativeName, issuer } = identityOf(parseCertificate(bundle.signer.leaf));
  return { kind: 'certificate', identity: subjectAlternativeName, issuer };
}
