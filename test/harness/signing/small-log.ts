import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { canonicalJson } from '#core/json/canonical.ts';
import { AnsweringServer, type Reply } from './answering-server.ts';

const origin = '127.0.0.1';

interface EntryRequest {
  readonly digest: string;
  readonly signature: unknown;
}

/**
 * A transparency log that answers as Rekor v2 does, for tests where there is no Go: it refuses what it has,
 * and proves that the entry is in its tree. The real one, which checks signatures too, is in test/interop.
 */
export async function startSmallLog(keyFile: string): Promise<AnsweringServer> {
  const key = createPrivateKey(await readFile(keyFile));
  const leaves: Buffer[] = [];
  return AnsweringServer.start(async ({ body }): Promise<Reply> => {
    const request = (JSON.parse(body.toString()) as { hashedRekordRequestV002: EntryRequest })
      .hashedRekordRequestV002;
    const entry = Buffer.from(canonicalJson(entryOf(request)));
    const leaf = sha256(Buffer.from([0]), entry);
    if (leaves.some((other) => other.equals(leaf)))
      return problem(409, 'an equivalent entry already exists in the transparency log');
    leaves.push(leaf);
    return { status: 201, body: JSON.stringify(answerOf(entry, leaves, key)) };
  });
}

function entryOf({ digest, signature }: EntryRequest): unknown {
  return {
    apiVersion: '0.0.2',
    kind: 'hashedrekord',
    spec: { hashedRekordV002: { data: { algorithm: 'SHA2_256', digest }, signature } },
  };
}

function answerOf(entry: Buffer, leaves: readonly Buffer[], key: KeyObject): unknown {
  const index = leaves.length - 1;
  const root = treeHash(leaves);
  return {
    logIndex: String(index),
    logId: { keyId: logId(key).toString('base64') },
    kindVersion: { kind: 'hashedrekord', version: '0.0.2' },
    integratedTime: '0',
    inclusionPromise: null,
    inclusionProof: {
      logIndex: String(index),
      rootHash: root.toString('base64'),
      treeSize: String(leaves.length),
      hashes: proof(index, leaves).map((hash) => hash.toString('base64')),
      checkpoint: { envelope: checkpoint(leaves.length, root, key) },
    },
    canonicalizedBody: entry.toString('base64'),
  };
}

/** https://github.com/C2SP/C2SP/blob/main/tlog-checkpoint.md */
function checkpoint(size: number, root: Buffer, key: KeyObject): string {
  const note = `${origin}\n${size}\n${root.toString('base64')}\n`;
  const signature = Buffer.concat([logId(key).subarray(0, 4), sign(null, Buffer.from(note), key)]);
  return `${note}\n— ${origin} ${signature.toString('base64')}\n`;
}

function logId(key: KeyObject): Buffer {
  const publicKey = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
  return sha256(Buffer.from(`${origin}\n\x01`), publicKey);
}

/** RFC 6962 section 2.1, over hashes of leaves. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only && leaves.length === 1) return only;
  const left = largestPowerBelow(leaves.length);
  return sha256(Buffer.from([1]), treeHash(leaves.slice(0, left)), treeHash(leaves.slice(left)));
}

/** RFC 6962 section 2.1.1. */
function proof(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length <= 1) return [];
  const left = largestPowerBelow(leaves.length);
  return index < left
    ? [...proof(index, leaves.slice(0, left)), treeHash(leaves.slice(left))]
    : [...proof(index - left, leaves.slice(left)), treeHash(leaves.slice(0, left))];
}

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function problem(status: number, message: string): Reply {
  return { status, body: JSON.stringify({ code: status, message, details: [] }) };
}
