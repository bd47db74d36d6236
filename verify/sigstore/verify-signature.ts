import { hash } from 'node:crypto';
import type { ParsedBundle } from '../bundle.ts';
import type { CheckName } from '../checks.ts';
import type { Trust } from '../trust.ts';
import { wasValid } from './authority.ts';
import { verifyLeaf } from './leaf.ts';
import type { LoggedSignature } from './log-body.ts';
import { nameOf, verifyLogEntry, type VerifiedLogEntry } from './log-entry.ts';
import { contains, describePeriod } from './period.ts';
import { preAuthEncoding } from './pre-auth-encoding.ts';
import { isSignedBy, spkiOf, type PublicKey } from './public-key.ts';
import { Refusal, refuse } from './refusal.ts';
import { verifyTimeStamp } from './time-stamp-authority.ts';

/** Who signed, as far as trust reaches: a key that was given, or a certificate of a trusted authority. */
export type VerifiedSigner =
  | { readonly kind: 'public-key'; readonly hint: string }
  | {
      readonly kind: 'certificate';
      /** URI, e-mail address or other name. */
      readonly subjectAlternativeName: string;
      /** The OpenID Connect issuer of the identity; empty where the certificate does not say. */
      readonly issuer: string;
      /** Fulcio's extensions (1.3.6.1.4.1.57264.1.*), object identifier → text. */
      readonly extensions: Readonly<Record<string, string>>;
    };

/** A time by which the signature was there, and who says so. */
export interface TrustedTime {
  readonly source: 'timestamp-authority' | 'transparency-log';
  readonly at: Date;
}

/** Outcome: data, never an exception. */
export type SignatureVerdict =
  | {
      readonly ok: true;
      readonly signer: VerifiedSigner;
      readonly times: readonly TrustedTime[];
      /** Log entries, each verified. */
      readonly logEntries: number;
    }
  | {
      readonly ok: false;
      readonly check: CheckName;
      readonly expected: string;
      readonly actual: string;
    };

/** What was signed, where it is not in the bundle (`messageSignature`). */
export interface SignedArtifact {
  readonly bytes: Uint8Array;
}

/**
 * Verifies signature, signer, time stamps and log entries of one bundle: everything that it has, not only as much as
 * would do. Pure and synchronous over `trust`; it knows no clock and never throws. What the payload says is the caller's
 * to check, and whom a certificate names.
 */
export function verifySignature(
  bundle: ParsedBundle,
  trust: Trust,
  artifact?: SignedArtifact,
): SignatureVerdict {
  try {
    return verify(bundle, trust, artifact);
  } catch (error) {
    if (error instanceof Refusal) {
      const { check, expected, actual } = error;
      return { ok: false, check, expected, actual };
    }
    // What nobody foresaw is no pass.
    return { ok: false, check: 'signature', expected: 'a bundle that can be read', actual: 'malformed' };
  }
}

function verify(bundle: ParsedBundle, trust: Trust, artifact: SignedArtifact | undefined): SignatureVerdict {
  const signer = findSigner(bundle, trust);
  const logged = loggedSignature(bundle, signer, artifact);
  const stamped = bundle.timestamps.map((der) =>
    verifyTimeStamp(der, bundle.signature, trust.root?.timeStampAuthorities ?? []),
  );
  const entries = bundle.logEntries.map((entry) =>
    verifyLogEntry(entry, logged, trust.root?.logs ?? [], trust.memory.checkpoints),
  );
  const times = [
    ...stamped.map(({ at, serialNumber }) => timeOf('timestamp-authority', at, serialNumber)),
    ...entries.flatMap(({ at, log }) => (at ? [timeOf('transparency-log', at, log.id)] : [])),
  ];
  refuseTwice(
    'time-stamp',
    'times',
    times.map(({ by, at }) => `${by} ${at.getTime()}`),
  );
  refuseTwice('transparency-log', 'entries', bundle.logEntries.map(entryKey));
  signer.checkTimes(times.map(({ at }) => at));
  for (const entry of entries)
    checkLogTime(
      entry,
      times.map(({ at }) => at),
    );
  const { timestamps, logEntries } = signer.thresholds;
  requireCount(
    'witnesses',
    'authorities that give a time',
    timestamps,
    new Set(times.map(({ by }) => by)).size,
  );
  requireCount('witnesses', 'logs with an entry', logEntries, new Set(entries.map(({ log }) => log)).size);
  if (!isSignedBy(signer.publicKey, logged.signedBytes, bundle.signature))
    refuse('signature', 'made by that signer over this content', 'it was not');
  return {
    ok: true,
    signer: signer.verified,
    times: times.map(({ source, at }) => ({ source, at })),
    logEntries: entries.length,
  };
}

interface FoundSigner {
  readonly verified: VerifiedSigner;
  readonly publicKey: PublicKey;
  /** Certificate or public key, DER: how logs name it. */
  readonly der: Buffer;
  readonly thresholds: { readonly timestamps: number; readonly logEntries: number };
  /** @throws Refusal where it was not to be believed at one of these times */
  checkTimes(times: readonly Date[]): void;
}

function findSigner({ signer, version }: ParsedBundle, trust: Trust): FoundSigner {
  return signer.kind === 'public-key' ? trustedKey(signer.hint, trust) : certified(signer, version, trust);
}

function trustedKey(hint: string, { keys, thresholds }: Trust): FoundSigner {
  const trusted = [...keys.keys()].join(' or ') || 'a trusted key (none was given)';
  const key = keys.get(hint);
  if (!key) return refuse('signer', `key ${trusted}`, `key ${hint}`);
  if (key.revoked) return refuse('signer', 'a key that was not revoked', `key ${hint}, which was`);
  const { timestamps = 0, logEntries = 0 } = thresholds;
  const { validFor, publicKey } = key;
  return {
    verified: { kind: 'public-key', hint },
    publicKey,
    der: spkiOf(publicKey),
    thresholds: { timestamps, logEntries },
    checkTimes: (times) => {
      if (!validFor) return;
      const expected = `signed while the key was valid: ${describePeriod(validFor)}`;
      if (validFor.end && times.length === 0) refuse('signer', expected, 'nothing proves when');
      for (const at of times) if (!contains(validFor, at)) refuse('signer', expected, at.toISOString());
    },
  };
}

function certified(
  { leaf: der, further }: Extract<ParsedBundle['signer'], { kind: 'certificate' }>,
  version: ParsedBundle['version'],
  { root, thresholds, memory }: Trust,
): FoundSigner {
  if (!root) return refuse('signer', 'a trusted key', 'a certificate, and no trusted root was given');
  const leaf = memory.leaves.get(hash('sha256', der, 'base64'), () => verifyLeaf(der, root));
  const { timestamps = 1, logEntries = 1, scts = root.certificateLogs.length > 0 ? 1 : 0 } = thresholds;
  const { certificate, identity, publicKey } = leaf;
  // The root belongs to who verifies; bundles of npm's first year bring it along.
  const issuers = leaf.issuedBy.filter(({ authority: { issuers: chain } }) => {
    const known = version === 1 ? chain : chain.slice(0, -1);
    return further.every((one, index) => known[index]?.der.equals(one));
  });
  if (issuers.length === 0)
    refuse('certificate', 'no certificates but those of the trusted authority, in order', 'others');
  return {
    verified: { kind: 'certificate', ...identity },
    publicKey,
    der,
    // Without a time there is nothing that a certificate's validity could be held against.
    thresholds: { timestamps: Math.max(1, timestamps), logEntries },
    checkTimes: (times) => {
      const valid = issuers.filter(({ authority }) =>
        times.every((at) => wasValid(authority, certificate, at)),
      );
      if (valid.length === 0)
        refuse(
          'certificate',
          `valid, and its authority trusted, at ${times.map((at) => at.toISOString()).join(' and ')}`,
          `valid ${describePeriod(certificate.validity)}`,
        );
      requireCount(
        'witnesses',
        'logs that know the certificate',
        scts,
        Math.max(...valid.map((one) => one.scts)),
      );
    },
  };
}

/** What a log has to know of this bundle, and the bytes that were signed. */
function loggedSignature(
  { content, signature }: ParsedBundle,
  { der }: FoundSigner,
  artifact: SignedArtifact | undefined,
): LoggedSignature & { readonly signedBytes: Uint8Array } {
  const common = { kind: content.kind, signature, signer: der };
  if (content.kind === 'dsse') {
    const signedBytes = preAuthEncoding(content.payloadType, content.payload);
    const payloadDigest = hash('sha256', content.payload, 'buffer');
    return { ...common, signedBytes, signedDigest: hash('sha256', signedBytes, 'buffer'), payloadDigest };
  }
  const expected = 'a signature over this artifact by its sha256';
  if (content.digest.algorithm !== 'SHA2_256') return refuse('signature', expected, content.digest.algorithm);
  if (!artifact) return refuse('signature', expected, 'the artifact was not given');
  const signedDigest = hash('sha256', artifact.bytes, 'buffer');
  if (!content.digest.value.equals(signedDigest)) refuse('signature', expected, 'one over something else');
  return { ...common, signedBytes: artifact.bytes, signedDigest, payloadDigest: undefined };
}

function timeOf(source: TrustedTime['source'], at: Date, by: Buffer): TrustedTime & { readonly by: string } {
  return { source, at, by: `${source} ${by.toString('hex')}` };
}

function entryKey({ logId, canonicalizedBody }: ParsedBundle['logEntries'][number]): string {
  return `${logId.keyId.toString('hex')} ${hash('sha256', canonicalizedBody)}`;
}

/** A log's key is believed for some time only, like any other; a proof of inclusion has no time of its own. */
function checkLogTime({ log }: VerifiedLogEntry, times: readonly Date[]): void {
  const expected = `an entry from when ${nameOf(log)} is trusted: ${describePeriod(log.period)}`;
  if (log.period.end && times.length === 0) refuse('transparency-log', expected, 'nothing proves when');
  for (const at of times)
    if (!contains(log.period, at)) refuse('transparency-log', expected, at.toISOString());
}

function requireCount(check: CheckName, what: string, least: number, found: number): void {
  if (found < least) refuse(check, `${what}: at least ${least}`, String(found));
}

function refuseTwice(check: CheckName, what: string, keys: readonly string[]): void {
  if (new Set(keys).size < keys.length) refuse(check, `${what}, none twice`, 'one is there twice');
}
