import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { inclusionPath, rootOf } from './test-merkle-tree.ts';

/** A transparency log in memory that signs what it has. */
export interface TestLog {
  readonly id: Buffer;
  readonly host: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly leaves: Buffer[];
  readonly kind: 'ed25519' | 'ec';
}

export function testLog(kind: 'ed25519' | 'ec', host = 'log.example'): TestLog {
  const { publicKey, privateKey } =
    kind === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const named = kind === 'ec' ? spki : Buffer.concat([Buffer.from(`${host}\n\u0001`), spki.subarray(-32)]);
  const id = createHash('sha256').update(named).digest();
  // Entries of other people, so that proofs have something to prove.
  const leaves = Array.from({ length: 5 }, (_, index) => Buffer.from(`entry ${index}`));
  return { id, host, publicKey, privateKey, leaves, kind };
}

export function checkpoint(log: TestLog, origin = log.host): string {
  const { leaves } = log;
  const text = `${origin}\n${leaves.length}\n${rootOf(leaves).toString('base64')}\n`;
  return `${text}\n${signatureLine(log, text)}`;
}

/** A line of a signed note. https://c2sp.org/signed-note */
export function signatureLine({ id, host, kind, privateKey }: TestLog, text: string): string {
  const signature = sign(kind === 'ec' ? 'sha256' : null, Buffer.from(text), privateKey);
  return `\u2014 ${host} ${Buffer.concat([id.subarray(0, 4), signature]).toString('base64')}\n`;
}

/** Puts `body` into the log: an entry of a bundle, as JSON, of Rekor v2 (`ed25519`) or v1 with a promise (`ec`). */
export function logEntry(
  log: TestLog,
  body: object & { kind: string; apiVersion: string },
  at?: Date,
): object {
  const canonicalizedBody = Buffer.from(JSON.stringify(body));
  log.leaves.push(canonicalizedBody);
  log.leaves.push(Buffer.from(`entry ${log.leaves.length}`));
  const index = log.leaves.length - 2;
  const origin = log.kind === 'ec' ? `${log.host} - 123456789` : log.host;
  const common = {
    logId: { keyId: log.id.toString('base64') },
    kindVersion: { kind: body.kind, version: body.apiVersion },
    canonicalizedBody: canonicalizedBody.toString('base64'),
    inclusionProof: {
      logIndex: String(index),
      rootHash: rootOf(log.leaves).toString('base64'),
      treeSize: String(log.leaves.length),
      hashes: inclusionPath(index, log.leaves).map((hash) => hash.toString('base64')),
      checkpoint: { envelope: checkpoint(log, origin) },
    },
  };
  if (log.kind !== 'ec' || !at) return { ...common, logIndex: String(index) };
  // Rekor v1 counts across its shards.
  const logIndex = 1000 + index;
  const integratedTime = Math.floor(at.getTime() / 1000);
  const promised = JSON.stringify({
    body: common.canonicalizedBody,
    integratedTime,
    logID: log.id.toString('hex'),
    logIndex,
  });
  return {
    ...common,
    logIndex: String(logIndex),
    integratedTime: String(integratedTime),
    inclusionPromise: {
      signedEntryTimestamp: sign('sha256', Buffer.from(promised), log.privateKey).toString('base64'),
    },
  };
}
