import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { certificateLogId } from './certificate-log.ts';
import type { PublicMaterial } from './material.ts';

/** Where the stack's servers are reached. */
export interface StackUrls {
  readonly fulcioUrl: string;
  readonly rekorUrl: string;
  readonly tsaUrl: string;
  readonly issuerUrl: string;
  readonly certificateLogUrl: string;
}

/** A Sigstore trusted root (dev.sigstore.trustroot.v1.TrustedRoot, JSON) for these servers. */
export function trustedRoot(urls: StackUrls, material: PublicMaterial) {
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [
      {
        baseUrl: urls.rekorUrl,
        hashAlgorithm: 'SHA2_256',
        publicKey: {
          rawBytes: spki(material.rekor).toString('base64'),
          keyDetails: 'PKIX_ED25519',
          validFor: validFor(material.fulcio),
        },
        logId: { keyId: logKeyId(new URL(urls.rekorUrl).hostname, material.rekor).toString('base64') },
        operator,
      },
    ],
    certificateAuthorities: [authority(urls.fulcioUrl, material.fulcio)],
    ctlogs: [
      {
        baseUrl: urls.certificateLogUrl,
        hashAlgorithm: 'SHA2_256',
        publicKey: {
          rawBytes: spki(material.certificateLog).toString('base64'),
          keyDetails: 'PKIX_ECDSA_P256_SHA_256',
          validFor: validFor(material.fulcio),
        },
        logId: { keyId: certificateLogId(material.certificateLog).toString('base64') },
        operator,
      },
    ],
    timestampAuthorities: [authority(urls.tsaUrl, material.tsa)],
  };
}
export type TrustedRoot = ReturnType<typeof trustedRoot>;

/** A Sigstore signing configuration (SigningConfig v0.2, JSON), by which cosign finds the servers. */
export function signingConfig(urls: StackUrls, material: PublicMaterial) {
  const service = (url: string, majorApiVersion: number) => [
    { url, majorApiVersion, validFor: validFor(material.fulcio), operator },
  ];
  return {
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: service(urls.fulcioUrl, 1),
    oidcUrls: service(urls.issuerUrl, 1),
    rekorTlogUrls: service(urls.rekorUrl, 2),
    tsaUrls: service(urls.tsaUrl, 1),
    rekorTlogConfig: { selector: 'ANY' },
    tsaConfig: { selector: 'ANY' },
  };
}

const operator = 'assay-stack';

function authority(uri: string, chain: readonly X509Certificate[]) {
  const root = chain.at(-1);
  const commonName = /^CN=(.*)$/m.exec(root?.subject ?? '')?.[1] ?? '';
  return {
    subject: { organization: operator, commonName },
    uri,
    certChain: { certificates: chain.map(({ raw }) => ({ rawBytes: raw.toString('base64') })) },
    validFor: validFor(chain),
  };
}

/** From when the certificates are valid, without an end: they have their own. */
function validFor(chain: readonly X509Certificate[]) {
  return {
    start: new Date(Math.max(...chain.map(({ validFromDate }) => validFromDate.getTime()))).toISOString(),
  };
}

/** Key ID of an Ed25519 key of a signed note: https://github.com/C2SP/C2SP/blob/main/signed-note.md#signatures */
function logKeyId(origin: string, key: KeyObject): Buffer {
  const publicKey = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
  return createHash('sha256')
    .update(Buffer.concat([Buffer.from(`${origin}\n\x01`), publicKey]))
    .digest();
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}
