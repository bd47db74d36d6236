import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { keyPurpose } from '#verify/sigstore/authority.ts';
import { preAuthEncoding } from '#verify/sigstore/pre-auth-encoding.ts';
import { era, signingCertificate, testAuthority, type TestCertificate } from './test-certificate.ts';
import { logEntry, testLog, type TestLog } from './test-log.ts';
import { testTimeStampAuthority, timeStamp, type TestTimeStampAuthority } from './test-time-stamp.ts';

/** A whole Sigstore instance in memory: authorities and logs that really sign, and the trusted root that names them. */
export interface TestSigstore {
  readonly authority: { readonly root: TestCertificate; readonly issuer: TestCertificate };
  readonly stamps: TestTimeStampAuthority;
  readonly rekor1: TestLog;
  readonly rekor2: TestLog;
}

export function testSigstore(): TestSigstore {
  return {
    authority: testAuthority('signers', keyPurpose.codeSigning),
    stamps: testTimeStampAuthority(),
    rekor1: testLog('ec', 'rekor1.example'),
    rekor2: testLog('ed25519', 'rekor2.example'),
  };
}

const validFor = { start: era.start.toISOString() };

/** `trusted_root.json`, as an object to be broken by tests. */
export function trustedRootOf({ authority, stamps, rekor1, rekor2 }: TestSigstore) {
  const chain = (certificates: readonly Buffer[]) => ({
    uri: 'https://authority.example',
    certChain: { certificates: certificates.map((der) => ({ rawBytes: der.toString('base64') })) },
    validFor: { ...validFor } as { start?: string; end?: string },
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [rekor1, rekor2].map(trustedLog),
    certificateAuthorities: [chain([authority.issuer.der, authority.root.der])],
    ctlogs: [] as ReturnType<typeof trustedLog>[],
    timestampAuthorities: [chain(stamps.chain)],
  };
}

export function trustedLog(log: TestLog) {
  return {
    baseUrl: `https://${log.host}`,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: log.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      keyDetails: log.kind === 'ec' ? 'PKIX_ECDSA_P256_SHA_256' : 'PKIX_ED25519',
      validFor: { ...validFor } as { start?: string; end?: string },
    },
    logId: { keyId: log.id.toString('base64') },
  };
}

export interface TestSigner {
  readonly privateKey: KeyObject;
  /** Certificate or public key, DER. */
  readonly der: Buffer;
  readonly material: Record<string, unknown>;
}

/** A fresh key, self-managed. */
export function keySigner(): TestSigner & { readonly publicKeyPem: string; readonly hint: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const hint = createHash('sha256').update(der).digest('base64');
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { privateKey, der, material: { publicKey: { hint } }, publicKeyPem, hint };
}

export function certificateSigner(
  { authority }: TestSigstore,
  options: Parameters<typeof signingCertificate>[1] = {},
): TestSigner {
  const { der, privateKey } = signingCertificate(authority.issuer, options);
  return { der, privateKey, material: { certificate: { rawBytes: der.toString('base64') } } };
}

export interface BundleOptions {
  readonly payload?: string;
  /** An artifact signed directly instead of a payload. */
  readonly message?: Buffer;
  readonly at?: Date;
  /** Types of log entries, with the log that has them. */
  readonly entries?: readonly EntryType[];
  readonly stamped?: boolean;
}

export type EntryType =
  'hashedrekord 0.0.1' | 'dsse 0.0.1' | 'intoto 0.0.2' | 'hashedrekord 0.0.2' | 'dsse 0.0.2';

/** Within the validity of the certificates that the tests sign with. */
export const signedAt = new Date('2026-06-01T12:05:00Z');
export const payloadType = 'application/vnd.in-toto+json';

/** A bundle v0.3, as an object to be broken by tests. */
export function testBundle(world: TestSigstore, signer: TestSigner, options: BundleOptions = {}): TestBundle {
  const { payload = '{"_type":"x"}', message, at = signedAt, entries = ['hashedrekord 0.0.2'] } = options;
  const signedBytes = message ?? preAuthEncoding(payloadType, Buffer.from(payload));
  const signature = sign('sha256', signedBytes, signer.privateKey);
  const digest = createHash('sha256').update(signedBytes).digest();
  const subject = { signature, digest, payload: Buffer.from(payload), signer };
  const stamps = options.stamped === false ? [] : [timeStamp(world.stamps, signature, { at })];
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      ...signer.material,
      tlogEntries: entries.map((type) => {
        const log = type.startsWith('intoto') || type.endsWith('1') ? world.rekor1 : world.rekor2;
        return logEntry(log, bodyOf(type, subject), at);
      }),
      timestampVerificationData: {
        rfc3161Timestamps: stamps.map((der) => ({ signedTimestamp: der.toString('base64') })),
      },
    },
    ...(message
      ? {
          messageSignature: {
            messageDigest: { algorithm: 'SHA2_256', digest: digest.toString('base64') },
            signature: signature.toString('base64'),
          },
        }
      : {
          dsseEnvelope: {
            payload: Buffer.from(payload).toString('base64'),
            payloadType,
            signatures: [{ sig: signature.toString('base64') }],
          },
        }),
  };
}

/** Loose on purpose: tests break it in every place. */
// oxlint-disable-next-line typescript/no-explicit-any
export type TestBundle = Record<string, any>;

interface Subject {
  readonly signature: Buffer;
  readonly digest: Buffer;
  readonly payload: Buffer;
  readonly signer: TestSigner;
}

export function bodyOf(
  type: EntryType,
  { signature, digest, payload, signer }: Subject,
): { kind: string; apiVersion: string; spec: object } {
  const [kind = '', apiVersion = ''] = type.split(' ');
  const isKey = 'publicKey' in signer.material;
  const sig = signature.toString('base64');
  const rawBytes = signer.der.toString('base64');
  const pem = Buffer.from(pemOf(isKey ? 'PUBLIC KEY' : 'CERTIFICATE', rawBytes)).toString('base64');
  const verifier = {
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    ...(isKey ? { publicKey: { rawBytes } } : { x509Certificate: { rawBytes } }),
  };
  const payloadSha256 = createHash('sha256').update(payload).digest();
  const payloadHash = { algorithm: 'sha256', value: payloadSha256.toString('hex') };
  const specs: Record<EntryType, object> = {
    'hashedrekord 0.0.1': {
      data: { hash: { algorithm: 'sha256', value: digest.toString('hex') } },
      signature: { content: sig, publicKey: { content: pem } },
    },
    'dsse 0.0.1': { payloadHash, signatures: [{ signature: sig, verifier: pem }] },
    'intoto 0.0.2': {
      content: {
        payloadHash,
        envelope: {
          payloadType,
          signatures: [{ sig: Buffer.from(sig).toString('base64'), publicKey: pem }],
        },
      },
    },
    'hashedrekord 0.0.2': {
      hashedRekordV002: {
        data: { algorithm: 'SHA2_256', digest: digest.toString('base64') },
        signature: { content: sig, verifier },
      },
    },
    'dsse 0.0.2': {
      dsseV002: {
        payloadHash: { algorithm: 'SHA2_256', digest: payloadSha256.toString('base64') },
        signatures: [{ content: sig, verifier }],
      },
    },
  };
  return { apiVersion, kind, spec: specs[type] };
}

function pemOf(label: string, base64: string): string {
  return `-----BEGIN ${label}-----\n${base64.replaceAll(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;
}
