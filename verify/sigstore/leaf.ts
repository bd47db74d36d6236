import { hasIssued, keyPurpose, type Authority } from './authority.ts';
import { extensionOid, extensionValue, parseCertificate, type Certificate } from './certificate.ts';
import { MalformedDer, derOid, derTag, expectTag, readDer, sequence, derChildren, type Der } from './der.ts';
import { UnusableKey, publicKeyOf, type PublicKey } from './public-key.ts';
import { refuse } from './refusal.ts';
import { verifyScts } from './scts.ts';
import type { TrustedRoot } from './trusted-root.ts';

/** A signer's certificate, with all that does not depend on what was signed verified once. */
export interface VerifiedLeaf {
  readonly certificate: Certificate;
  readonly publicKey: PublicKey;
  readonly identity: CertificateIdentity;
  /** The trusted authorities that issued it, whenever that was, and how many certificate logs know of it. */
  readonly issuedBy: readonly { readonly authority: Authority; readonly scts: number }[];
}

export interface CertificateIdentity {
  readonly subjectAlternativeName: string;
  readonly issuer: string;
  readonly extensions: Readonly<Record<string, string>>;
}

const expected = 'a certificate for code signing that a trusted authority issued';

/** @throws Refusal */
export function verifyLeaf(der: Buffer, root: TrustedRoot): VerifiedLeaf {
  try {
    const certificate = parseCertificate(der);
    if (!certificate.extendedKeyUsage?.includes(keyPurpose.codeSigning))
      refuse('certificate', expected, 'a certificate that is not for code signing');
    const authorities = root.certificateAuthorities.filter((authority) => hasIssued(authority, certificate));
    if (authorities.length === 0)
      refuse('certificate', expected, 'a certificate that no trusted authority issued');
    return {
      certificate,
      publicKey: publicKeyOf(certificate.spki),
      identity: identityOf(certificate),
      issuedBy: authorities.map((authority) => ({
        authority,
        scts: verifyScts(certificate, authority.issuers[0], root.certificateLogs),
      })),
    };
  } catch (error) {
    if (error instanceof MalformedDer || error instanceof UnusableKey)
      return refuse('certificate', expected, error.message);
    throw error;
  }
}

/** https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
const fulcioArc = '1.3.6.1.4.1.57264.1.';
const issuerOid = `${fulcioArc}1`;
const issuerV2Oid = `${fulcioArc}8`;
const otherNameOid = `${fulcioArc}7`;
/** The first six are bare text; all that came later is a UTF8String. */
const bareTextMax = 6;

/** Whom the certificate names, with what its issuer added. @throws MalformedDer */
export function identityOf({ extensions }: Certificate): CertificateIdentity {
  const texts: Record<string, string> = {};
  for (const [oid, { value }] of extensions) {
    if (!oid.startsWith(fulcioArc)) continue;
    const number = Number(oid.slice(fulcioArc.length));
    if (number <= bareTextMax) texts[oid] = text(value);
    else if (oid !== otherNameOid && value[0] === derTag.utf8String)
      texts[oid] = text(readDer(value, derTag.utf8String).content);
  }
  const issuer = texts[issuerV2Oid] ?? texts[issuerOid] ?? '';
  if (texts[issuerOid] !== undefined && texts[issuerOid] !== issuer)
    throw new MalformedDer('the certificate names two issuers of its identity');
  return { subjectAlternativeName: subjectAlternativeName(extensions), issuer, extensions: texts };
}

function subjectAlternativeName(extensions: Certificate['extensions']): string {
  const value = extensionValue(extensions, extensionOid.subjectAlternativeName);
  const [name, ...others] = sequence(value);
  // Of several names it would be anybody's guess which one signed.
  if (!name || others.length > 0) throw new MalformedDer('not exactly one subject alternative name');
  if (name.tag === derTag.contextPrimitive(1) || name.tag === derTag.contextPrimitive(6))
    return text(name.content);
  return otherName(name);
}

function otherName(name: Der): string {
  const [type, value] = derChildren(expectTag(name, derTag.context(0)));
  if (derOid(type) !== otherNameOid) throw new MalformedDer('a subject alternative name of another kind');
  const [inner] = derChildren(expectTag(value, derTag.context(0)));
  return text(expectTag(inner, derTag.utf8String).content);
}

function text(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new MalformedDer('text that is not UTF-8');
  }
}
