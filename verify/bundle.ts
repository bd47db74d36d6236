import { z } from 'zod';
import { base64Bytes, count, optional } from './sigstore/proto-json.ts';

/**
 * Media types of Sigstore bundles, with the version that each stands for.
 * https://docs.sigstore.dev/about/bundle/#versioning
 */
const mediaTypes: Readonly<Record<string, 1 | 2 | 3>> = {
  'application/vnd.dev.sigstore.bundle+json;version=0.1': 1,
  'application/vnd.dev.sigstore.bundle+json;version=0.2': 2,
  'application/vnd.dev.sigstore.bundle+json;version=0.3': 3,
  'application/vnd.dev.sigstore.bundle.v0.3+json': 3,
};

const Certificate = z.strictObject({ rawBytes: base64Bytes.refine(({ length }) => length > 0, 'empty') });

const InclusionProof = z.strictObject({
  logIndex: count,
  rootHash: base64Bytes,
  treeSize: count,
  hashes: optional(z.array(base64Bytes).max(64)),
  checkpoint: optional(z.strictObject({ envelope: z.string().max(65_536) })),
});

const LogEntry = z.strictObject({
  logIndex: count,
  logId: z.strictObject({ keyId: base64Bytes }),
  kindVersion: z.strictObject({ kind: z.string().max(64), version: z.string().max(64) }),
  integratedTime: count,
  inclusionPromise: optional(z.strictObject({ signedEntryTimestamp: base64Bytes })),
  inclusionProof: optional(InclusionProof),
  canonicalizedBody: base64Bytes,
});
/** What a bundle says of one entry of a transparency log; nothing of it is verified. Times are Unix seconds. */
export type LogEntry = z.infer<typeof LogEntry>;

const Hint = z.strictObject({ hint: z.string().min(1).max(200) });

const Envelope = z.strictObject({
  payload: base64Bytes.refine(({ length }) => length > 0, 'empty'),
  payloadType: z.string().max(200),
  signatures: z.tuple([
    z.strictObject({
      sig: base64Bytes.refine(({ length }) => length > 0, 'empty'),
      keyid: optional(z.string().max(200)),
    }),
  ]),
});

const MessageSignature = z.strictObject({
  messageDigest: z.strictObject({ algorithm: z.string().max(64), digest: base64Bytes }),
  signature: base64Bytes.refine(({ length }) => length > 0, 'empty'),
});

/** Members that a bundle may have; whatever else is there would be read by another verifier and not by us. */
const BundleShape = z.strictObject({
  mediaType: z.string().max(100),
  verificationMaterial: z.strictObject({
    publicKey: optional(Hint),
    certificate: optional(Certificate),
    x509CertificateChain: optional(z.strictObject({ certificates: z.array(Certificate).min(1).max(10) })),
    tlogEntries: optional(z.array(LogEntry).max(16)),
    timestampVerificationData: optional(
      z.strictObject({
        rfc3161Timestamps: optional(z.array(z.strictObject({ signedTimestamp: base64Bytes })).max(16)),
      }),
    ),
  }),
  dsseEnvelope: optional(Envelope),
  messageSignature: optional(MessageSignature),
});

/** Who a bundle says has signed: a key by its name, or a certificate (DER) with what its issuer added. */
export type NamedSigner =
  | { readonly kind: 'public-key'; readonly hint: string }
  | {
      readonly kind: 'certificate';
      readonly leaf: Buffer;
      /** Of `x509CertificateChain`, whatever follows the leaf. */
      readonly further: readonly Buffer[];
    };

/** What was signed: a DSSE envelope, or an artifact that is not in the bundle. */
export type SignedContent =
  | { readonly kind: 'dsse'; readonly payloadType: string; readonly payload: Buffer }
  | { readonly kind: 'message'; readonly digest: { readonly algorithm: string; readonly value: Buffer } };

/** A bundle whose shape was checked; nothing of it is verified. */
export interface ParsedBundle {
  /** Minor version of the format: 0.1, 0.2 or 0.3. */
  readonly version: 1 | 2 | 3;
  readonly signer: NamedSigner;
  readonly content: SignedContent;
  readonly signature: Buffer;
  readonly logEntries: readonly LogEntry[];
  /** RFC 3161 time stamp responses, DER. */
  readonly timestamps: readonly Buffer[];
}

export interface BundleFault {
  readonly fault: string;
}

/** Reads `value` (strict JSON) as a Sigstore bundle of version 0.1, 0.2 or 0.3. Never throws. */
export function parseBundle(value: unknown): ParsedBundle | BundleFault {
  const shape = BundleShape.safeParse(value);
  if (!shape.success) {
    const [issue] = shape.error.issues;
    return { fault: issue ? `${issue.path.join('.') || 'bundle'}: ${issue.message}` : 'not a bundle' };
  }
  const { mediaType, verificationMaterial: material, dsseEnvelope, messageSignature } = shape.data;
  const version = Object.hasOwn(mediaTypes, mediaType) ? mediaTypes[mediaType] : undefined;
  if (version === undefined) return { fault: `mediaType: ${mediaType} is not a bundle that is read here` };
  const signer = namedSigner(material, version);
  if ('fault' in signer) return signer;
  const logEntries = material.tlogEntries ?? [];
  for (const entry of logEntries) {
    if (version === 1 ? !entry.inclusionPromise : !entry.inclusionProof?.checkpoint)
      return { fault: `tlogEntries: no inclusion ${version === 1 ? 'promise' : 'proof with a checkpoint'}` };
  }
  const timestamps = material.timestampVerificationData?.rfc3161Timestamps ?? [];
  const common = {
    version,
    signer,
    logEntries,
    timestamps: timestamps.map(({ signedTimestamp }) => signedTimestamp),
  };
  if ((dsseEnvelope === undefined) === (messageSignature === undefined))
    return { fault: 'neither or both of dsseEnvelope and messageSignature' };
  if (messageSignature) {
    const { messageDigest, signature } = messageSignature;
    const digest = { algorithm: messageDigest.algorithm, value: messageDigest.digest };
    return { ...common, content: { kind: 'message', digest }, signature };
  }
  if (!dsseEnvelope) return { fault: 'no dsseEnvelope' };
  const { payload, payloadType, signatures } = dsseEnvelope;
  const [{ sig, keyid = '' }] = signatures;
  // Nothing authenticates a keyid: one that names another key than the bundle does can only confuse.
  if (keyid !== '' && !(signer.kind === 'public-key' && signer.hint === keyid))
    return { fault: 'dsseEnvelope.signatures.0.keyid: not the key that the bundle names' };
  return { ...common, content: { kind: 'dsse', payloadType, payload }, signature: sig };
}

function namedSigner(
  material: z.infer<typeof BundleShape>['verificationMaterial'],
  version: 1 | 2 | 3,
): NamedSigner | BundleFault {
  const { publicKey, certificate, x509CertificateChain: chain } = material;
  const given = [publicKey, certificate, chain].filter((one) => one !== undefined).length;
  if (given !== 1)
    return { fault: `verificationMaterial: ${given} of publicKey, certificate and x509CertificateChain` };
  if (publicKey) return { kind: 'public-key', hint: publicKey.hint };
  if (certificate) {
    return version === 3
      ? { kind: 'certificate', leaf: certificate.rawBytes, further: [] }
      : { fault: `verificationMaterial.certificate: not before version 0.3` };
  }
  const [leaf, ...further] = (chain?.certificates ?? []).map(({ rawBytes }) => rawBytes);
  if (!leaf) return { fault: 'verificationMaterial.x509CertificateChain: empty' };
  return version === 3
    ? { fault: 'verificationMaterial.x509CertificateChain: not in version 0.3' }
    : { kind: 'certificate', leaf, further };
}
