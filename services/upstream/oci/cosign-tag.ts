import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '#core/errors/app-error.ts';
import { bundleBytesMax } from '#schemas/statement.ts';
import type { AttachedBundle } from './get-bundles.ts';
import { Manifest, manifestBytesMax, manifestType, readJson, type Descriptor } from './manifest.ts';
import type { ImageReference } from './reference.ts';
import type { RegistryClient } from './registry-client.ts';

const envelopeType = 'application/vnd.dsse.envelope.v1+json';

const annotation = {
  certificate: 'dev.sigstore.cosign/certificate',
  log: 'dev.sigstore.cosign/bundle',
  timestamp: 'dev.sigstore.cosign/rfc3161timestamp',
} as const;

/** https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md */
const LogAnnotation = z.object({
  SignedEntryTimestamp: z.string().max(4096),
  Payload: z.object({
    body: z.string().max(8 * 1024 ** 2),
    integratedTime: z.int().nonnegative(),
    logIndex: z.int().nonnegative(),
    logID: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});

const LogBody = z.object({ kind: z.string().max(40), apiVersion: z.string().max(40) });
const TimestampAnnotation = z.object({ SignedRFC3161Timestamp: z.string().max(65_536) });

/**
 * Attestations under the tag `sha256-<hex>.att`, as cosign wrote them before version 3: an envelope a layer, with
 * certificate and log entry in its annotations. They are made into Sigstore bundles; nothing is verified.
 */
export async function bundlesOfOldTag(
  client: RegistryClient,
  image: ImageReference,
  countMax: number,
): Promise<AttachedBundle[]> {
  const path = `manifests/sha256-${image.sha256}.att`;
  const answer = await client.send(path, { headers: { accept: manifestType }, sizeMax: manifestBytesMax });
  if (answer.status === 404) return [];
  if (answer.status !== 200) throw client.unexpected(answer, path);
  const layers =
    readJson(Manifest, answer.body)?.layers.filter(({ mediaType }) => mediaType === envelopeType) ?? [];
  if (layers.length > countMax)
    throw new AppError('upstream', `More than ${countMax} things are attached to ${image.text}.`);
  const bundles: AttachedBundle[] = [];
  for (const layer of layers) {
    const bytes = await client.fetchByDigest('blobs', layer.digest.slice(7), bundleBytesMax);
    if (!bytes) throw new AppError('upstream', `The registry lists ${layer.digest} and does not have it.`);
    const json = bundleOfLayer(bytes, layer);
    bundles.push({
      from: `${image.text} (${layer.digest})`,
      bytes: json === undefined ? bytes : Buffer.from(JSON.stringify(json)),
      json,
    });
  }
  return bundles;
}

/** Without a certificate it is signed by a key, and the bare envelope says all that is known. */
function bundleOfLayer(bytes: Buffer, { annotations = {} }: Descriptor): unknown {
  const envelope = readJson(z.looseObject({}), bytes);
  const pem = annotations[annotation.certificate];
  if (envelope === undefined || !pem) return envelope;
  const rawBytes = derOf(pem);
  const entry = logEntry(annotations[annotation.log]);
  const stamp = readJson(TimestampAnnotation, Buffer.from(annotations[annotation.timestamp] ?? ''));
  if (rawBytes === undefined) return undefined;
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      x509CertificateChain: { certificates: [{ rawBytes }] },
      tlogEntries: entry === undefined ? [] : [entry],
      ...(stamp && {
        timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: stamp.SignedRFC3161Timestamp }] },
      }),
    },
    dsseEnvelope: envelope,
  };
}

function logEntry(text: string | undefined): unknown {
  const log = text === undefined ? undefined : readJson(LogAnnotation, Buffer.from(text));
  if (!log) return undefined;
  const { body, integratedTime, logIndex, logID } = log.Payload;
  const kind = readJson(LogBody, Buffer.from(body, 'base64'));
  if (!kind) return undefined;
  return {
    logIndex: String(logIndex),
    logId: { keyId: Buffer.from(logID, 'hex').toString('base64') },
    kindVersion: { kind: kind.kind, version: kind.apiVersion },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp: log.SignedEntryTimestamp },
    canonicalizedBody: body,
  };
}

function derOf(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).raw.toString('base64');
  } catch {
    return undefined;
  }
}
