import { z } from 'zod';
import type { SignedContent } from '../bundle.ts';
import { parseStrictJson } from '../strict-json.ts';
import { base64Bytes } from './proto-json.ts';
import { refuse } from './refusal.ts';

/** What a log entry has to be about. Digests are SHA-256. */
export interface LoggedSignature {
  readonly kind: SignedContent['kind'];
  readonly signature: Buffer;
  /** Of the bytes that were signed. */
  readonly signedDigest: Buffer;
  /** Of the payload of an envelope. */
  readonly payloadDigest: Buffer | undefined;
  /** Certificate or public key (SubjectPublicKeyInfo), DER. */
  readonly signer: Buffer;
}

/** What an entry says, whichever its type. */
interface Body {
  readonly digestOf: 'signed bytes' | 'payload';
  readonly digest: Buffer;
  readonly signature: Buffer;
  readonly signer: Buffer | undefined;
}

const bodyBytesMax = 4 * 1024 ** 2;

const hex = z
  .string()
  .regex(/^(?:[0-9a-f]{2})*$/)
  .transform((text) => Buffer.from(text, 'hex'));
const HexDigest = z.object({ algorithm: z.literal('sha256'), value: hex });
const Digest = z.object({ algorithm: z.literal('SHA2_256'), digest: base64Bytes });
/** PEM within base64. */
const PemBytes = base64Bytes.transform((bytes) => derOfPem(bytes.toString('latin1')));
const RawBytes = z.object({ rawBytes: base64Bytes });
const Verifier = z
  .object({ x509Certificate: RawBytes.optional(), publicKey: RawBytes.optional() })
  .transform(({ x509Certificate, publicKey }) =>
    x509Certificate && publicKey ? undefined : (x509Certificate ?? publicKey)?.rawBytes,
  );

/** How each type of entry says it. https://github.com/sigstore/rekor/tree/main/pkg/types, rekor-tiles' api/proto */
const bodies = {
  'hashedrekord 0.0.1': z
    .object({
      spec: z.object({
        data: z.object({ hash: HexDigest }),
        signature: z.object({ content: base64Bytes, publicKey: z.object({ content: PemBytes }) }),
      }),
    })
    .transform(({ spec: { data, signature } }) => ({
      digestOf: 'signed bytes',
      digest: data.hash.value,
      signature: signature.content,
      signer: signature.publicKey.content,
    })),
  'dsse 0.0.1': z
    .object({
      spec: z.object({
        payloadHash: HexDigest,
        signatures: z.tuple([z.object({ signature: base64Bytes, verifier: PemBytes })]),
      }),
    })
    .transform(({ spec: { payloadHash, signatures } }) => ({
      digestOf: 'payload',
      digest: payloadHash.value,
      signature: signatures[0].signature,
      signer: signatures[0].verifier,
    })),
  'intoto 0.0.2': z
    .object({
      spec: z.object({
        content: z.object({
          payloadHash: HexDigest,
          envelope: z.object({
            // Rekor encodes the signature, which is base64 in an envelope, once more.
            signatures: z.tuple([
              z.object({
                sig: base64Bytes.transform((bytes) => bytes.toString('latin1')).pipe(base64Bytes),
                publicKey: PemBytes,
              }),
            ]),
          }),
        }),
      }),
    })
    .transform(({ spec: { content } }) => ({
      digestOf: 'payload',
      digest: content.payloadHash.value,
      signature: content.envelope.signatures[0].sig,
      signer: content.envelope.signatures[0].publicKey,
    })),
  'hashedrekord 0.0.2': z
    .object({
      spec: z.object({
        hashedRekordV002: z.object({
          data: Digest,
          signature: z.object({ content: base64Bytes, verifier: Verifier }),
        }),
      }),
    })
    .transform(({ spec: { hashedRekordV002: record } }) => ({
      digestOf: 'signed bytes',
      digest: record.data.digest,
      signature: record.signature.content,
      signer: record.signature.verifier,
    })),
  'dsse 0.0.2': z
    .object({
      spec: z.object({
        dsseV002: z.object({
          payloadHash: Digest,
          signatures: z.tuple([z.object({ content: base64Bytes, verifier: Verifier })]),
        }),
      }),
    })
    .transform(({ spec: { dsseV002: record } }) => ({
      digestOf: 'payload',
      digest: record.payloadHash.digest,
      signature: record.signatures[0].content,
      signer: record.signatures[0].verifier,
    })),
} as const satisfies Record<string, z.ZodType<Body>>;

const Kind = z.object({ kind: z.string(), apiVersion: z.string() });

const expected = 'an entry about this signature, this signer and what was signed';

/**
 * Checks that the body of a log entry is about `logged` and nothing else: signature, signer and digest.
 * @throws Refusal
 */
export function checkLogBody(
  canonicalizedBody: Buffer,
  { kind, version }: { readonly kind: string; readonly version: string },
  logged: LoggedSignature,
): void {
  const json = parseStrictJson(canonicalizedBody, bodyBytesMax);
  if (!json.ok) return refuse('transparency-log', expected, `an entry that is ${json.fault}`);
  const stated = Kind.safeParse(json.value);
  if (!stated.success || stated.data.kind !== kind || stated.data.apiVersion !== version)
    refuse('transparency-log', expected, `an entry of another type than ${kind} ${version}`);
  const type = `${kind} ${version}`;
  if (!isKnown(type)) return refuse('transparency-log', expected, `an entry of an unknown type, ${type}`);
  const read = bodies[type].safeParse(json.value);
  if (!read.success) {
    const at = read.error.issues[0]?.path.join('.') ?? '';
    return refuse('transparency-log', expected, `an entry that is malformed at ${at}`);
  }
  const body: Body = read.data;
  if (!body.signature.equals(logged.signature))
    refuse('transparency-log', expected, 'an entry about another signature');
  if (!body.signer?.equals(logged.signer))
    refuse('transparency-log', expected, 'an entry about another key or certificate');
  const digest = body.digestOf === 'payload' ? logged.payloadDigest : logged.signedDigest;
  if (!digest?.equals(body.digest)) refuse('transparency-log', expected, 'an entry about other content');
}

function isKnown(type: string): type is keyof typeof bodies {
  return Object.hasOwn(bodies, type);
}

const pem = /^-----BEGIN (CERTIFICATE|PUBLIC KEY)-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1-----\s*$/;

function derOfPem(text: string): Buffer | undefined {
  const [, , encoded] = pem.exec(text) ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64');
}
