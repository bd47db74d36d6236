import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import {
  MalformedDer,
  derBits,
  derBoolean,
  derChildren,
  derCount,
  derFlag,
  derOid,
  derTag,
  derTime,
  expectTag,
  readDer,
  readWholeDer,
  sequence,
  type Der,
} from './der.ts';
import type { Period } from './period.ts';

/** Object identifiers of the extensions that are read here. https://www.rfc-editor.org/rfc/rfc5280#section-4.2 */
export const extensionOid = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  certificateTimestamps: '1.3.6.1.4.1.11129.2.4.2',
} as const;

const understood: ReadonlySet<string> = new Set(Object.values(extensionOid));

export interface Extension {
  readonly critical: boolean;
  readonly value: Buffer;
  /** The whole SEQUENCE, as it stands in the certificate. */
  readonly whole: Buffer;
}

/** How an authority signs: the digest, and the kind of key that goes with it. */
export interface SignatureAlgorithm {
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  readonly keyType: 'ec' | 'rsa' | 'ed25519';
}

/** An X.509 v3 certificate, read; nothing of it is verified. Names are whole DER, to be compared byte by byte. */
export interface Certificate {
  readonly der: Buffer;
  readonly tbs: Buffer;
  readonly serialNumber: Buffer;
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly validity: Period & { readonly end: Date };
  readonly spki: Buffer;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Buffer;
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly isAuthority: boolean;
  /** How many authorities may stand between this one and a leaf. */
  readonly pathLength: number | undefined;
  readonly mayDigitallySign: boolean;
  readonly maySignCertificates: boolean;
  /** Undefined where the certificate does not limit it. */
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly subjectKeyId: Buffer | undefined;
  readonly authorityKeyId: Buffer | undefined;
}

const algorithms: Readonly<Record<string, SignatureAlgorithm>> = {
  '1.2.840.10045.4.3.2': { hash: 'sha256', keyType: 'ec' },
  '1.2.840.10045.4.3.3': { hash: 'sha384', keyType: 'ec' },
  '1.2.840.10045.4.3.4': { hash: 'sha512', keyType: 'ec' },
  '1.2.840.113549.1.1.11': { hash: 'sha256', keyType: 'rsa' },
  '1.2.840.113549.1.1.12': { hash: 'sha384', keyType: 'rsa' },
  '1.2.840.113549.1.1.13': { hash: 'sha512', keyType: 'rsa' },
  '1.3.101.112': { hash: null, keyType: 'ed25519' },
};

/** The algorithm that an AlgorithmIdentifier names. @throws MalformedDer for one that is not taken */
export function signatureAlgorithmOf(oid: string): SignatureAlgorithm {
  const algorithm = Object.hasOwn(algorithms, oid) ? algorithms[oid] : undefined;
  if (!algorithm) throw new MalformedDer(`signature algorithm ${oid}`);
  return algorithm;
}

/**
 * Reads a certificate by https://www.rfc-editor.org/rfc/rfc5280#section-4.1 : version 3, no extension twice, no critical
 * extension that is not understood here. @throws MalformedDer
 */
export function parseCertificate(der: Buffer): Certificate {
  const [tbs, algorithm, signature, ...more] = sequence(readWholeDer(der));
  const [version, serial, innerAlgorithm, issuer, validity, subject, spki, ...rest] = sequence(tbs);
  const versionNumber = derCount(derChildren(expectTag(version, derTag.context(0)))[0]);
  if (more.length > 0 || versionNumber !== 2) throw new MalformedDer('not a certificate of version 3');
  const outer = expectTag(algorithm, derTag.sequence);
  if (!outer.whole.equals(expectTag(innerAlgorithm, derTag.sequence).whole))
    throw new MalformedDer('two different signature algorithms');
  const [extended, ...surplus] = rest;
  if (surplus.length > 0) throw new MalformedDer('members after the extensions');
  const [notBefore, notAfter] = sequence(validity);
  const extensions = readExtensions(extended);
  const usage = extensionValue(extensions, extensionOid.keyUsage);
  const [authority, pathLength] = basicConstraints(extensions);
  return {
    der,
    tbs: expectTag(tbs, derTag.sequence).whole,
    serialNumber: expectTag(serial, derTag.integer).content,
    issuer: expectTag(issuer, derTag.sequence).whole,
    subject: expectTag(subject, derTag.sequence).whole,
    validity: { start: derTime(notBefore), end: derTime(notAfter) },
    spki: expectTag(spki, derTag.sequence).whole,
    signatureAlgorithm: signatureAlgorithmOf(derOid(derChildren(outer)[0])),
    signature: derBits(signature),
    extensions,
    isAuthority: authority,
    pathLength,
    mayDigitallySign: usage === undefined || derFlag(usage, 0),
    maySignCertificates: usage === undefined || derFlag(usage, 5),
    extendedKeyUsage: optionalOids(extensionValue(extensions, extensionOid.extendedKeyUsage)),
    subjectKeyId: subjectKeyId(extensions),
    authorityKeyId: authorityKeyId(extensions),
  };
}

/** Whether the key of `issuer` signed `certificate`, whatever either may do. Never throws. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (!certificate.issuer.equals(issuer.subject)) return false;
  const { authorityKeyId: wanted } = certificate;
  if (wanted && issuer.subjectKeyId && !wanted.equals(issuer.subjectKeyId)) return false;
  const { hash, keyType } = certificate.signatureAlgorithm;
  try {
    const key = certificateKey(issuer);
    return key.asymmetricKeyType === keyType && verify(hash, certificate.tbs, key, certificate.signature);
  } catch {
    return false;
  }
}

/** The key that a certificate is about. @throws Error where OpenSSL knows no such key */
export function certificateKey({ spki }: Certificate): KeyObject {
  return createPublicKey({ key: spki, format: 'der', type: 'spki' });
}

/** The one element within the value of an extension, where there is such an extension. @throws MalformedDer */
export function extensionValue(extensions: ReadonlyMap<string, Extension>, oid: string): Der | undefined {
  const extension = extensions.get(oid);
  return extension && readDer(extension.value);
}

function readExtensions(field: Der | undefined): ReadonlyMap<string, Extension> {
  const [list, ...more] = derChildren(expectTag(field, derTag.context(3)));
  if (more.length > 0) throw new MalformedDer('two lists of extensions');
  const extensions = new Map<string, Extension>();
  for (const one of sequence(list)) {
    const parts = sequence(one);
    const oid = derOid(parts[0]);
    const critical = parts.length === 3 && derBoolean(parts[1]);
    if (parts.length < 2 || parts.length > 3 || extensions.has(oid))
      throw new MalformedDer(`extension ${oid} twice or malformed`);
    if (critical && !understood.has(oid))
      throw new MalformedDer(`the critical extension ${oid} is not understood`);
    const { content } = expectTag(parts.at(-1), derTag.octetString);
    extensions.set(oid, { critical, value: content, whole: one.whole });
  }
  return extensions;
}

function basicConstraints(
  extensions: ReadonlyMap<string, Extension>,
): [authority: boolean, length: number | undefined] {
  const value = extensionValue(extensions, extensionOid.basicConstraints);
  if (!value) return [false, undefined];
  const [authority, length, ...more] = sequence(value);
  if (more.length > 0) throw new MalformedDer('basic constraints');
  return [
    authority !== undefined && derBoolean(authority),
    length === undefined ? undefined : derCount(length),
  ];
}

function optionalOids(value: Der | undefined): string[] | undefined {
  return value && sequence(value).map(derOid);
}

function subjectKeyId(extensions: ReadonlyMap<string, Extension>): Buffer | undefined {
  const value = extensionValue(extensions, extensionOid.subjectKeyId);
  return value && expectTag(value, derTag.octetString).content;
}

function authorityKeyId(extensions: ReadonlyMap<string, Extension>): Buffer | undefined {
  const value = extensionValue(extensions, extensionOid.authorityKeyId);
  return value && sequence(value).find(({ tag }) => tag === derTag.contextPrimitive(0))?.content;
}
