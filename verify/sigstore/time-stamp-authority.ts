import { hash, verify, type KeyObject } from 'node:crypto';
import { BrokenChain, authorityOf, hasIssued, keyPurpose, wasValid, type Authority } from './authority.ts';
import { certificateKey, type Certificate } from './certificate.ts';
import { MalformedDer } from './der.ts';
import { describePeriod, type Period } from './period.ts';
import { refuse } from './refusal.ts';
import { parseTimeStamp, type TimeStamp } from './time-stamp.ts';

/** A time-stamp authority whose certificate and chain were verified once. */
export interface TimeStampAuthority {
  readonly certificate: Certificate;
  readonly key: KeyObject;
  readonly authority: Authority;
}

/** `chain` as a trusted root has it: the stamping certificate first. @throws BrokenChain */
export function timeStampAuthorityOf(chain: readonly Certificate[], stated: Period): TimeStampAuthority {
  const [certificate, ...issuers] = chain;
  if (!certificate) throw new BrokenChain('the chain is empty');
  const authority = authorityOf(issuers, keyPurpose.timeStamping, stated);
  if (!hasIssued(authority, certificate))
    throw new BrokenChain('the stamping certificate was not issued by the next one, or may not sign');
  // https://www.rfc-editor.org/rfc/rfc3161#section-2.3 asks for a critical extension too; GitHub's authority has none.
  const purposes = certificate.extendedKeyUsage ?? [];
  if (purposes.length !== 1 || purposes[0] !== keyPurpose.timeStamping)
    throw new BrokenChain('the stamping certificate is not for time stamps alone');
  return { certificate, authority, key: certificateKey(certificate) };
}

const expected = 'a time stamp of this signature by a trusted authority';

/** A time stamp that was verified. */
export interface VerifiedTimeStamp {
  readonly at: Date;
  readonly serialNumber: Buffer;
}

/** Verifies one time stamp response about `signature`. @throws Refusal */
export function verifyTimeStamp(
  der: Buffer,
  signature: Buffer,
  authorities: readonly TimeStampAuthority[],
): VerifiedTimeStamp {
  if (authorities.length === 0) return refuse('time-stamp', expected, 'no authority is trusted');
  const stamp = readStamp(der);
  const { issuer, serialNumber } = stamp.signer;
  if (!hash(stamp.imprint.digest, signature, 'buffer').equals(stamp.imprint.value))
    refuse('time-stamp', expected, 'a time stamp of something else');
  const named = authorities.filter(
    ({ certificate }) => certificate.issuer.equals(issuer) && certificate.serialNumber.equals(serialNumber),
  );
  const [first] = named;
  if (!first) return refuse('time-stamp', expected, 'a time stamp by a certificate that is not trusted');
  if (!named.some((one) => hasStamped(one, stamp)))
    refuse('time-stamp', expected, 'a time stamp that the authority which it names did not sign');
  if (!named.some((one) => wasValid(one.authority, one.certificate, stamp.at)))
    refuse(
      'time-stamp',
      `a time at which the authority is trusted: ${describePeriod(first.authority.period)}`,
      stamp.at.toISOString(),
    );
  return { at: stamp.at, serialNumber };
}

function readStamp(der: Buffer): TimeStamp {
  try {
    return parseTimeStamp(der);
  } catch (error) {
    if (error instanceof MalformedDer) return refuse('time-stamp', expected, `malformed: ${error.message}`);
    throw error;
  }
}

function hasStamped({ certificate, key }: TimeStampAuthority, { info, signer }: TimeStamp): boolean {
  if (!hash(signer.digest, info, 'buffer').equals(signer.messageDigest)) return false;
  const named = signer.certificateDigest;
  if (named && !hash(named.digest, certificate.der, 'buffer').equals(named.value)) return false;
  const digest = signatureDigest(signer, key);
  try {
    return digest !== undefined && verify(digest, signer.attributes, key, signer.signature);
  } catch {
    return false;
  }
}

const ecdsa: Readonly<Record<string, string>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};
const rsaWithSha256 = '1.2.840.113549.1.1.11';
const rsaEncryption = '1.2.840.113549.1.1.1';

function signatureDigest({ algorithm, digest }: TimeStamp['signer'], key: KeyObject): string | undefined {
  if (key.asymmetricKeyType === 'ec') return Object.hasOwn(ecdsa, algorithm) ? ecdsa[algorithm] : undefined;
  const rsa =
    key.asymmetricKeyType === 'rsa' &&
    (algorithm === rsaWithSha256 || (algorithm === rsaEncryption && digest === 'sha256'));
  return rsa ? 'sha256' : undefined;
}
