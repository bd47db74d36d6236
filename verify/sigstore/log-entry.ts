import type { LogEntry } from '../bundle.ts';
import type { BoundedCache } from './bounded-cache.ts';
import { parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import { checkLogBody, type LoggedSignature } from './log-body.ts';
import type { TransparencyLog } from './log.ts';
import { isIncluded, leafHash } from './merkle.ts';
import { contains, describePeriod } from './period.ts';
import { isSignedBy } from './public-key.ts';
import { refuse } from './refusal.ts';
import { parseSignedNote } from './signed-note.ts';

/** An entry that is in its log, as far as the log's key can say. */
export interface VerifiedLogEntry {
  readonly log: TransparencyLog;
  /** When the log says it took the entry. Only a signed promise is a word on time. */
  readonly at: Date | undefined;
}

/** Types of entries that Rekor v2 alone has: no promise, no time, one index. */
const ofRekor2: ReadonlySet<string> = new Set(['hashedrekord 0.0.2', 'dsse 0.0.2']);

/** Verifies one entry: what it is about, the promise and the proof, as many of the two as there are. @throws Refusal */
export function verifyLogEntry(
  entry: LogEntry,
  logged: LoggedSignature,
  logs: readonly TransparencyLog[],
  checkpoints: BoundedCache<Checkpoint>,
): VerifiedLogEntry {
  const { inclusionPromise, inclusionProof, kindVersion, integratedTime } = entry;
  const log = logs.find(({ id }) => id.equals(entry.logId.keyId));
  if (!log) {
    const id = entry.logId.keyId.toString('base64');
    const trusted = logs.map(nameOf).join(' or ') || 'none is trusted';
    return refuse('transparency-log', `an entry of a trusted log: ${trusted}`, `one of the log ${id}`);
  }
  const modern = ofRekor2.has(`${kindVersion.kind} ${kindVersion.version}`);
  if (modern && inclusionPromise)
    refuse('transparency-log', 'no promise in an entry of Rekor v2', 'a promise');
  if (!inclusionPromise && integratedTime !== 0)
    refuse('transparency-log', 'a time only where the log signed it', 'a time without a promise');
  checkLogBody(entry.canonicalizedBody, kindVersion, logged);
  const at = inclusionPromise && verifyPromise(entry, inclusionPromise.signedEntryTimestamp, log);
  if (inclusionProof) verifyProof(entry, inclusionProof, log, modern, checkpoints);
  else if (!at) refuse('transparency-log', 'a proof or a promise of inclusion', 'neither');
  return { log, at };
}

/** Rekor v1's signed entry timestamp, over canonical JSON. */
function verifyPromise(entry: LogEntry, signature: Buffer, log: TransparencyLog): Date {
  const { canonicalizedBody, integratedTime, logId, logIndex } = entry;
  const payload = JSON.stringify({
    body: canonicalizedBody.toString('base64'),
    integratedTime,
    logID: logId.keyId.toString('hex'),
    logIndex,
  });
  if (integratedTime === 0 || !isSignedBy(log.publicKey, Buffer.from(payload), signature))
    refuse('transparency-log', `a promise of inclusion by ${nameOf(log)}`, 'one that the log did not sign');
  const at = new Date(integratedTime * 1000);
  if (!contains(log.period, at))
    refuse(
      'transparency-log',
      `a time at which the log is trusted: ${describePeriod(log.period)}`,
      Number.isNaN(at.getTime()) ? 'no time' : at.toISOString(),
    );
  return at;
}

function verifyProof(
  entry: LogEntry,
  proof: NonNullable<LogEntry['inclusionProof']>,
  log: TransparencyLog,
  modern: boolean,
  checkpoints: BoundedCache<Checkpoint>,
): void {
  const expected = `a proof of inclusion in ${nameOf(log)}`;
  const envelope = proof.checkpoint?.envelope;
  if (envelope === undefined) return refuse('transparency-log', expected, 'one without a checkpoint');
  const key = `${log.id.toString('base64')} ${modern} ${envelope}`;
  const checkpoint = checkpoints.get(key, () => verifyCheckpoint(envelope, log, modern));
  if (proof.treeSize !== checkpoint.treeSize || !proof.rootHash.equals(checkpoint.rootHash))
    refuse('transparency-log', expected, 'a checkpoint of another tree');
  // Rekor v1 counts across its shards in the entry, and within one in the proof.
  if (modern && entry.logIndex !== proof.logIndex)
    refuse('transparency-log', expected, 'two different indexes');
  const inclusion = {
    leaf: leafHash(entry.canonicalizedBody),
    index: proof.logIndex,
    treeSize: checkpoint.treeSize,
    root: checkpoint.rootHash,
    path: proof.hashes ?? [],
  };
  if (!isIncluded(inclusion)) refuse('transparency-log', expected, 'hashes that do not lead to the root');
}

/** @throws Refusal */
function verifyCheckpoint(envelope: string, log: TransparencyLog, modern: boolean): Checkpoint {
  const expected = `a checkpoint by ${nameOf(log)}`;
  const note = parseSignedNote(envelope);
  const checkpoint = note && parseCheckpoint(note.text);
  if (!checkpoint) return refuse('transparency-log', expected, 'none that can be read');
  const name = log.origins.find((origin) => isOrigin(checkpoint.origin, origin, modern));
  if (name === undefined) return refuse('transparency-log', expected, `one by ${checkpoint.origin}`);
  // Others may have signed too; we know no key of theirs. Whoever signs as the log has to be the log.
  const own = note.signatures.filter(
    ({ keyName, keyId }) => keyName === name && keyId.equals(log.id.subarray(0, 4)),
  );
  const text = Buffer.from(note.text);
  if (own.length === 0 || !own.every(({ signature }) => isSignedBy(log.publicKey, text, signature)))
    refuse('transparency-log', expected, 'one that the log did not sign');
  return checkpoint;
}

/** Rekor v1 writes the number of its shard behind the host. */
function isOrigin(origin: string, host: string, modern: boolean): boolean {
  return (
    origin === host || (!modern && origin.startsWith(`${host} - `) && shard.test(origin.slice(host.length)))
  );
}

const shard = /^ - \d{1,20}$/;

export function nameOf({ origins }: TransparencyLog): string {
  return origins[0] ?? '';
}
