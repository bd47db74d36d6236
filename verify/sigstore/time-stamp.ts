import {
  MalformedDer,
  derChildren,
  derCount,
  derOid,
  derTag,
  derTime,
  expectTag,
  readDer,
  readWholeDer,
  sequence,
  type Der,
} from './der.ts';

export type DigestName = 'sha256' | 'sha384' | 'sha512';

/** A time stamp response, read; nothing of it is verified. https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2 */
export interface TimeStamp {
  /** What was stamped, by its digest. */
  readonly imprint: { readonly digest: DigestName; readonly value: Buffer };
  readonly at: Date;
  /** TSTInfo, the bytes whose digest the signer signed. */
  readonly info: Buffer;
  readonly signer: {
    /** Name (DER) and serial number of the signing certificate. */
    readonly issuer: Buffer;
    readonly serialNumber: Buffer;
    readonly digest: DigestName;
    readonly messageDigest: Buffer;
    /** Digest of the signing certificate, where the signer says so (RFC 5816). */
    readonly certificateDigest: { readonly digest: 'sha1' | DigestName; readonly value: Buffer } | undefined;
    /** The signed attributes, as a SET. */
    readonly attributes: Buffer;
    readonly algorithm: string;
    readonly signature: Buffer;
  };
}

const oid = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

const nothing = Buffer.of(5, 0);

const digests: Readonly<Record<string, DigestName>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Reads a response that was granted and has one signer. @throws MalformedDer */
export function parseTimeStamp(der: Buffer): TimeStamp {
  const [status, token, ...more] = sequence(readWholeDer(der));
  if (derCount(sequence(status)[0]) > 1) throw new MalformedDer('a time stamp that was not granted');
  const [contentType, content, ...surplus] = sequence(token);
  if (derOid(contentType) !== oid.signedData || more.length + surplus.length > 0)
    throw new MalformedDer('not signed data');
  // https://www.rfc-editor.org/rfc/rfc5652#section-5.1
  const [version, digestAlgorithms, encapsulated, ...rest] = sequence(only(content, derTag.context(0)));
  const listed = derChildren(expectTag(digestAlgorithms, derTag.set)).map(digestOf);
  if (derCount(version) < 3 || derCount(version) > 5)
    throw new MalformedDer('signed data of another version');
  const [infoType, infoField] = sequence(encapsulated);
  if (derOid(infoType) !== oid.tstInfo) throw new MalformedDer('not a time stamp');
  const info = expectTag(only(infoField, derTag.context(0)), derTag.octetString).content;
  // Certificates and revocation lists may stand before the signers; trust comes from the root alone.
  const signer = readSigner(only(rest.at(-1), derTag.set));
  if (!listed.includes(signer.digest)) throw new MalformedDer('a digest that is not listed');
  const isOptional = (tag: number) => tag === derTag.context(0) || tag === derTag.context(1);
  if (rest.slice(0, -1).some(({ tag }) => !isOptional(tag))) throw new MalformedDer('signed data');
  return { ...readInfo(info), info, signer };
}

function readInfo(info: Buffer): Pick<TimeStamp, 'imprint' | 'at'> {
  const [version, policy, imprint, serial, time, ...rest] = sequence(readDer(info));
  if (derCount(version) !== 1) throw new MalformedDer('not a time stamp of version 1');
  derOid(policy);
  expectTag(serial, derTag.integer);
  if (rest.some(({ tag }) => tag === derTag.context(1))) throw new MalformedDer('an extended time stamp');
  if (time?.tag !== derTag.generalizedTime) throw new MalformedDer('time');
  const [algorithm, value] = sequence(imprint);
  return {
    imprint: { digest: digestOf(algorithm), value: expectTag(value, derTag.octetString).content },
    at: derTime(time),
  };
}

/** https://www.rfc-editor.org/rfc/rfc5652#section-5.3 */
function readSigner(signer: Der): TimeStamp['signer'] {
  const [version, id, digestAlgorithm, attributes, algorithm, signature] = sequence(signer);
  if (derCount(version) !== 1) throw new MalformedDer('a signer that is not named by issuer and number');
  const [issuer, serialNumber] = sequence(id);
  const signed = readAttributes(expectTag(attributes, derTag.context(0)));
  const set = Buffer.from(expectTag(attributes, derTag.context(0)).whole);
  set[0] = derTag.set;
  if (derOid(attribute(signed, oid.contentType)) !== oid.tstInfo)
    throw new MalformedDer('signed as another type of content');
  return {
    issuer: expectTag(issuer, derTag.sequence).whole,
    serialNumber: expectTag(serialNumber, derTag.integer).content,
    digest: digestOf(digestAlgorithm),
    messageDigest: expectTag(attribute(signed, oid.messageDigest), derTag.octetString).content,
    certificateDigest: certificateDigest(signed),
    attributes: set,
    algorithm: derOid(sequence(algorithm)[0]),
    signature: expectTag(signature, derTag.octetString).content,
  };
}

function readAttributes(attributes: Der): ReadonlyMap<string, Der> {
  const read = new Map<string, Der>();
  for (const one of derChildren(attributes)) {
    const [type, values, ...more] = sequence(one);
    const name = derOid(type);
    if (read.has(name) || more.length > 0) throw new MalformedDer(`the attribute ${name} twice`);
    read.set(name, only(values, derTag.set));
  }
  return read;
}

function attribute(attributes: ReadonlyMap<string, Der>, name: string): Der {
  const value = attributes.get(name);
  if (!value) throw new MalformedDer(`no attribute ${name}`);
  return value;
}

/** https://www.rfc-editor.org/rfc/rfc5035#section-3 : the first of the certificates is the signer's. */
function certificateDigest(attributes: ReadonlyMap<string, Der>): TimeStamp['signer']['certificateDigest'] {
  const second = attributes.get(oid.signingCertificateV2);
  const value = second ?? attributes.get(oid.signingCertificate);
  if (!value) return undefined;
  const [first, next] = sequence(sequence(sequence(value)[0])[0]);
  if (!second) return { digest: 'sha1', value: expectTag(first, derTag.octetString).content };
  // SHA-256 is the default and then left out.
  return first?.tag === derTag.octetString
    ? { digest: 'sha256', value: first.content }
    : { digest: digestOf(first), value: expectTag(next, derTag.octetString).content };
}

function digestOf(algorithm: Der | undefined): DigestName {
  const [type, parameters, ...more] = sequence(algorithm);
  const name = derOid(type);
  const digest = Object.hasOwn(digests, name) ? digests[name] : undefined;
  // https://www.rfc-editor.org/rfc/rfc5754#section-2 : no parameters, or NULL.
  const none = parameters === undefined || parameters.whole.equals(nothing);
  if (!digest || !none || more.length > 0) throw new MalformedDer(`digest ${name}`);
  return digest;
}

/** The one element in `der`, which has `tag`. */
function only(der: Der | undefined, tag: number): Der {
  const [child, ...more] = derChildren(expectTag(der, tag));
  if (!child || more.length > 0) throw new MalformedDer('not one element');
  return child;
}
