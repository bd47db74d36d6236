import { generateKeyPairSync, randomBytes, sign, createHash, type KeyObject } from 'node:crypto';
import { keyPurpose } from '#verify/sigstore/authority.ts';
import {
  bits,
  context,
  contextText,
  integer,
  octets,
  oid,
  seq,
  set,
  time,
  truth,
  utf8,
} from './der-values.ts';

/** A key with a certificate for it. */
export interface TestCertificate {
  readonly der: Buffer;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** DER of the name. */
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly serialNumber: Buffer;
}

export interface CertificateOptions {
  readonly name: string;
  /** Absent: signed by itself. */
  readonly issuer?: TestCertificate;
  readonly from?: Date;
  readonly until?: Date;
  readonly authority?: boolean;
  readonly pathLength?: number;
  readonly purposes?: readonly string[];
  /** Whether it may sign certificates; default: as an authority may. */
  readonly signsCertificates?: boolean;
  readonly subjectAlternativeNames?: readonly Buffer[];
  /** More extensions, each whole. */
  readonly further?: readonly Buffer[];
  readonly curve?: 'P-256' | 'P-384';
}

export const day = 86_400_000;
/** When the tests' authorities begin and end to be valid. */
export const era = { start: new Date('2026-01-01T00:00:00Z'), end: new Date('2036-01-01T00:00:00Z') };

const ecdsaWithSha256 = seq(oid('1.2.840.10045.4.3.2'));

export function certificate(options: CertificateOptions): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: options.curve ?? 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const { issuer } = options;
  const subject = nameOf(options.name);
  const serialNumber = Buffer.concat([Buffer.of(0x40), randomBytes(9)]);
  const issuerSpki = (issuer?.publicKey ?? publicKey).export({ type: 'spki', format: 'der' });
  const tbs = seq(
    context(0, integer(2)),
    Buffer.concat([Buffer.of(2, serialNumber.length), serialNumber]),
    ecdsaWithSha256,
    issuer?.subject ?? subject,
    seq(time(options.from ?? era.start), time(options.until ?? era.end)),
    subject,
    spki,
    context(3, seq(...extensionsOf(options, spki, issuerSpki), ...(options.further ?? []))),
  );
  const signature = sign('sha256', tbs, issuer?.privateKey ?? privateKey);
  return {
    der: seq(tbs, ecdsaWithSha256, bits(signature)),
    privateKey,
    publicKey,
    subject,
    issuer: issuer?.subject ?? subject,
    serialNumber,
  };
}

export function extension(id: string, value: Buffer, critical = false): Buffer {
  return seq(oid(id), ...(critical ? [truth] : []), octets(value));
}

export function uri(text: string): Buffer {
  return contextText(6, text);
}

function extensionsOf(options: CertificateOptions, spki: Buffer, issuerSpki: Buffer): Buffer[] {
  const { authority = false, pathLength, purposes, subjectAlternativeNames: names } = options;
  const signsCertificates = options.signsCertificates ?? authority;
  const usage = signsCertificates ? bits(Buffer.of(0x06), 1) : bits(Buffer.of(0x80), 7);
  const length = pathLength === undefined ? [] : [integer(pathLength)];
  return [
    extension('2.5.29.15', usage, true),
    ...(authority ? [extension('2.5.29.19', seq(truth, ...length), true)] : []),
    ...(purposes ? [extension('2.5.29.37', seq(...purposes.map(oid)))] : []),
    ...(names ? [extension('2.5.29.17', seq(...names), true)] : []),
    extension('2.5.29.14', octets(keyIdOf(spki))),
    extension('2.5.29.35', seq(Buffer.concat([Buffer.of(0x80, 20), keyIdOf(issuerSpki)]))),
  ];
}

function keyIdOf(spki: Buffer): Buffer {
  return createHash('sha1').update(spki).digest();
}

function nameOf(text: string): Buffer {
  return seq(set(seq(oid('2.5.4.3'), utf8(text))));
}

/** A root, and an intermediate under it that issues leaves for `purpose`. */
export function testAuthority(
  name: string,
  purpose: string,
): { root: TestCertificate; issuer: TestCertificate } {
  const root = certificate({ name, authority: true });
  const issuer = certificate({
    name: `${name} intermediate`,
    issuer: root,
    authority: true,
    pathLength: 0,
    purposes: [purpose],
  });
  return { root, issuer };
}

/** A leaf as Fulcio issues them. */
export function signingCertificate(
  issuer: TestCertificate,
  options: Partial<CertificateOptions> & { readonly identity?: string; readonly oidcIssuer?: string } = {},
): TestCertificate {
  const { identity = 'https://builder.example/v1', oidcIssuer = 'https://issuer.example' } = options;
  return certificate({
    name: '',
    issuer,
    from: new Date('2026-06-01T12:00:00Z'),
    until: new Date('2026-06-01T12:10:00Z'),
    purposes: [keyPurpose.codeSigning],
    subjectAlternativeNames: [uri(identity)],
    further: [extension('1.3.6.1.4.1.57264.1.8', utf8(oidcIssuer))],
    ...options,
  });
}
