import { z } from 'zod';
import { parseStrictJson } from '../strict-json.ts';
import { BrokenChain, authorityOf, keyPurpose, type Authority } from './authority.ts';
import { parseCertificate, type Certificate } from './certificate.ts';
import { MalformedDer } from './der.ts';
import { logIdsOf, type TransparencyLog } from './log.ts';
import type { Period } from './period.ts';
import { base64Bytes, instant, optional } from './proto-json.ts';
import { UnusableKey, publicKeyOf, type KeyKind } from './public-key.ts';
import { timeStampAuthorityOf, type TimeStampAuthority } from './time-stamp-authority.ts';

/** Largest trusted root that is read. */
const trustedRootBytesMax = 1024 ** 2;

/** A Sigstore trusted root, made ready once: every key read, every chain verified. */
export interface TrustedRoot {
  readonly certificateAuthorities: readonly Authority[];
  readonly timeStampAuthorities: readonly TimeStampAuthority[];
  readonly logs: readonly TransparencyLog[];
  readonly certificateLogs: readonly TransparencyLog[];
}

/** Why a trusted root is not one, as a sentence that names the place. */
export class UnusableTrustedRoot extends Error {}

const ValidFor = z.strictObject({ start: instant, end: optional(instant) });
const Subject = z.strictObject({ organization: optional(z.string()), commonName: optional(z.string()) });
const KeyId = z.strictObject({ keyId: base64Bytes.refine(({ length }) => length === 32, 'not 32 bytes') });

const Log = z.strictObject({
  baseUrl: z.url({ protocol: /^https?$/ }).max(500),
  hashAlgorithm: z.literal('SHA2_256'),
  publicKey: z.strictObject({ rawBytes: base64Bytes, keyDetails: z.string(), validFor: ValidFor }),
  logId: KeyId,
  checkpointKeyId: optional(KeyId),
  operator: optional(z.string()),
});

const Chain = z.strictObject({
  subject: optional(Subject),
  uri: optional(z.string().max(500)),
  certChain: z.strictObject({
    certificates: z
      .array(z.strictObject({ rawBytes: base64Bytes }))
      .min(1)
      .max(10),
  }),
  validFor: ValidFor,
  operator: optional(z.string()),
});

/** https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto */
const RootShape = z.strictObject({
  mediaType: z.enum([
    'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    'application/vnd.dev.sigstore.trustedroot+json;version=0.2',
    'application/vnd.dev.sigstore.trustedroot.v0.2+json',
  ]),
  tlogs: optional(z.array(Log).max(100)),
  certificateAuthorities: optional(z.array(Chain).max(100)),
  ctlogs: optional(z.array(Log).max(100)),
  timestampAuthorities: optional(z.array(Chain).max(100)),
});

/**
 * Reads a `trusted_root.json`. Nothing in it is passed over: what is malformed, contradicts itself or cannot be verified
 * here makes the whole of it unusable. @throws UnusableTrustedRoot
 */
export function parseTrustedRoot(bytes: Uint8Array): TrustedRoot {
  const json = parseStrictJson(bytes, trustedRootBytesMax);
  if (!json.ok) throw new UnusableTrustedRoot(`The trusted root is ${json.fault}.`);
  const shape = RootShape.safeParse(json.value);
  if (!shape.success) {
    const [issue] = shape.error.issues;
    throw new UnusableTrustedRoot(
      `The trusted root is malformed at ${issue?.path.join('.') || 'its top'}: ${issue?.message ?? ''}.`,
    );
  }
  const { tlogs = [], certificateAuthorities = [], ctlogs = [], timestampAuthorities = [] } = shape.data;
  const root = {
    logs: readEach('tlogs', tlogs, readLog),
    certificateLogs: readEach('ctlogs', ctlogs, readLog),
    certificateAuthorities: readEach('certificateAuthorities', certificateAuthorities, (chain) =>
      authorityOf(certificatesOf(chain), keyPurpose.codeSigning, periodOf(chain.validFor)),
    ),
    timeStampAuthorities: readEach('timestampAuthorities', timestampAuthorities, (chain) =>
      timeStampAuthorityOf(certificatesOf(chain), periodOf(chain.validFor)),
    ),
  };
  refuseTwice('tlogs', root.logs);
  refuseTwice('ctlogs', root.certificateLogs);
  return root;
}

function readEach<T, U>(name: string, values: readonly T[], read: (value: T) => U): U[] {
  return values.map((value, index) => {
    try {
      return read(value);
    } catch (error) {
      if (!isExpected(error)) throw error;
      throw new UnusableTrustedRoot(`The trusted root cannot be used: ${name}.${index}: ${error.message}.`);
    }
  });
}

function isExpected(error: unknown): error is Error {
  return error instanceof MalformedDer || error instanceof BrokenChain || error instanceof UnusableKey;
}

function readLog({ baseUrl, publicKey, logId, checkpointKeyId }: z.infer<typeof Log>): TransparencyLog {
  const { keyDetails, rawBytes, validFor } = publicKey;
  const details = Object.hasOwn(keyKinds, keyDetails) ? keyKinds[keyDetails] : undefined;
  if (!details) throw new UnusableKey(`keyDetails ${keyDetails.slice(0, 60)} is not taken`);
  const key = publicKeyOf(rawBytes, details.type);
  if (key.kind !== details.kind) throw new UnusableKey(`the key is not ${keyDetails}`);
  const { hostname, host } = new URL(baseUrl);
  const origins = [hostname, host];
  const ids = origins.flatMap((origin) => logIdsOf(key, origin));
  for (const { keyId } of [logId, ...(checkpointKeyId ? [checkpointKeyId] : [])])
    if (!ids.some((id) => id.equals(keyId))) throw new UnusableKey('the id is not the id of this key');
  return { id: (checkpointKeyId ?? logId).keyId, origins, publicKey: key, period: periodOf(validFor) };
}

const keyKinds: Readonly<Record<string, { kind: KeyKind; type: 'spki' | 'pkcs1' }>> = {
  PKIX_ECDSA_P256_SHA_256: { kind: 'ecdsa-p256', type: 'spki' },
  PKIX_ED25519: { kind: 'ed25519', type: 'spki' },
  PKCS1_RSA_PKCS1V5: { kind: 'rsa', type: 'pkcs1' },
  PKIX_RSA_PKCS1V5: { kind: 'rsa', type: 'pkcs1' },
  PKIX_RSA_PKCS1V15_2048_SHA256: { kind: 'rsa', type: 'spki' },
  PKIX_RSA_PKCS1V15_3072_SHA256: { kind: 'rsa', type: 'spki' },
  PKIX_RSA_PKCS1V15_4096_SHA256: { kind: 'rsa', type: 'spki' },
};

function certificatesOf({ certChain }: z.infer<typeof Chain>): Certificate[] {
  return certChain.certificates.map(({ rawBytes }) => parseCertificate(rawBytes));
}

function periodOf({ start, end }: z.infer<typeof ValidFor>): Period {
  if (end !== undefined && end < start) throw new BrokenChain('it ends before it starts');
  return { start, end };
}

function refuseTwice(name: string, logs: readonly TransparencyLog[]): void {
  const ids = logs.map(({ id }) => id.toString('base64'));
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined)
    throw new UnusableTrustedRoot(`The trusted root cannot be used: ${name}: ${twice} is there twice.`);
}
