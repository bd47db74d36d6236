import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

const base64 = z.base64().min(1).max(20_000);
/** int64 as protobuf's JSON writes it. */
const int64 = z.string().regex(/^\d{1,19}$/);

/**
 * A TransparencyLogEntry of Rekor v2, protobuf JSON. What else the log says is left out of the bundle.
 * https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_rekor.proto
 */
const LogEntry = z.object({
  logIndex: int64,
  logId: z.object({ keyId: base64 }),
  kindVersion: z.object({ kind: z.literal('hashedrekord'), version: z.literal('0.0.2') }),
  // Rekor v2 states no time: time stamps do.
  integratedTime: z.literal('0').default('0'),
  inclusionProof: z.object({
    logIndex: int64,
    rootHash: base64,
    treeSize: int64,
    hashes: z.array(base64).max(64),
    checkpoint: z.object({ envelope: z.string().min(1).max(20_000) }),
  }),
  canonicalizedBody: base64,
});
export type LogEntry = z.infer<typeof LogEntry>;

/** What an entry has to be of, as base64 where it is bytes. */
export interface Logged {
  /** sha256 of the bytes that were signed. */
  readonly digest: string;
  readonly signature: string;
  /** The key or certificate, as it was given to the log. */
  readonly verifier: Readonly<Record<string, unknown>>;
}

/**
 * Reads a log's answer and holds it against what the log was given. Its inclusion proof and who signed the checkpoint
 * are checked with the whole bundle, against the trusted root.
 */
export function readLogEntry(answer: Buffer, logged: Logged): LogEntry | { readonly fault: string } {
  const entry = LogEntry.safeParse(parsed(answer));
  if (!entry.success)
    return { fault: `${entry.error.issues[0]?.path.join('.') || 'answer'} is not as specified` };
  const body = parsed(Buffer.from(entry.data.canonicalizedBody, 'base64'));
  return isDeepStrictEqual(body, bodyOf(logged)) ? entry.data : { fault: 'it is of something else' };
}

/** HashedRekordLogEntryV002, as the log keeps it: rekor-tiles, CLIENTS.md, "Rekor v2 API". */
function bodyOf({ digest, signature, verifier }: Logged): unknown {
  return {
    apiVersion: '0.0.2',
    kind: 'hashedrekord',
    spec: {
      hashedRekordV002: {
        data: { algorithm: 'SHA2_256', digest },
        signature: { content: signature, verifier },
      },
    },
  };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
