import { hash } from 'node:crypto';
import { extensionOid, extensionValue, type Certificate } from './certificate.ts';
import { derChildren, derTag, encodeDer, expectTag, readDer } from './der.ts';
import type { TransparencyLog } from './log.ts';
import { contains } from './period.ts';
import { isSignedBy } from './public-key.ts';
import { refuse } from './refusal.ts';

/** Signed certificate timestamps, version 1. https://www.rfc-editor.org/rfc/rfc6962#section-3.2 */
interface Sct {
  readonly logId: Buffer;
  readonly timestamp: Buffer;
  readonly extensions: Buffer;
  readonly signatureKind: 'rsa' | 'ecdsa';
  readonly signature: Buffer;
}

const expected = 'certificate timestamps, each of a trusted certificate log, none twice';

/**
 * Verifies every certificate timestamp that `leaf` carries and answers how many logs there are. One that does not verify
 * is refused, however many others do. @throws Refusal, MalformedDer
 */
export function verifyScts(leaf: Certificate, issuer: Certificate, logs: readonly TransparencyLog[]): number {
  const list = extensionValue(leaf.extensions, extensionOid.certificateTimestamps);
  if (!list) return 0;
  const scts = parseSctList(expectTag(list, derTag.octetString).content);
  if (!scts) return refuse('certificate', expected, 'a list that cannot be read');
  const signedPart = precertificate(leaf, issuer);
  const seen = new Set<string>();
  for (const sct of scts) {
    const id = sct.logId.toString('base64');
    if (seen.has(id)) refuse('certificate', expected, `two of the log ${id}`);
    seen.add(id);
    const at = new Date(Number(sct.timestamp.readBigUInt64BE()));
    const log = logs.find((one) => one.id.equals(sct.logId));
    if (!log) return refuse('certificate', expected, `one of the log ${id}, which is not trusted`);
    if (!contains(log.period, at))
      refuse('certificate', expected, `one of the log ${id} outside of the time for which it is trusted`);
    const kind = log.publicKey.kind === 'rsa' ? 'rsa' : 'ecdsa';
    if (sct.signatureKind !== kind || !isSignedBy(log.publicKey, signedData(sct, signedPart), sct.signature))
      refuse('certificate', expected, `one that the log ${id} did not sign`);
  }
  return scts.length;
}

function signedData({ timestamp, extensions }: Sct, signedPart: Buffer): Buffer {
  const head = Buffer.of(0, 0); // version 1, certificate_timestamp
  const entryType = Buffer.of(0, 1); // precert_entry
  return Buffer.concat([head, timestamp, entryType, signedPart, withLength(extensions, 2)]);
}

/** Hash of the issuer's key, and what the log saw of the certificate: all but the timestamps. */
function precertificate(leaf: Certificate, issuer: Certificate): Buffer {
  const parts = derChildren(readDer(leaf.tbs)).map(({ tag, whole }) => {
    if (tag !== derTag.context(3)) return whole;
    const kept = [...leaf.extensions].filter(([oid]) => oid !== extensionOid.certificateTimestamps);
    return encodeDer(tag, encodeDer(derTag.sequence, ...kept.map(([, extension]) => extension.whole)));
  });
  const tbs = encodeDer(derTag.sequence, ...parts);
  return Buffer.concat([hash('sha256', issuer.spki, 'buffer'), withLength(tbs, 3)]);
}

function withLength(bytes: Buffer, lengthBytes: number): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(bytes.length, 0, lengthBytes);
  return Buffer.concat([length, bytes]);
}

/** TLS encoding; undefined where it is malformed. */
function parseSctList(bytes: Buffer): Sct[] | undefined {
  const list = new Cursor(bytes);
  const inner = new Cursor(list.vector(2));
  const scts: Sct[] = [];
  while (!list.failed && !inner.failed && !inner.atEnd && scts.length < 16) {
    const sct = new Cursor(inner.vector(2));
    const version = sct.take(1)[0];
    const logId = sct.take(32);
    const timestamp = sct.take(8);
    const extensions = sct.vector(2);
    const [hashKind, signatureKind] = sct.take(2);
    const signature = sct.vector(2);
    // sha256(4) with rsa(1) or ecdsa(3): https://www.rfc-editor.org/rfc/rfc5246#section-7.4.1.4.1
    if (sct.failed || !sct.atEnd || version !== 0 || hashKind !== 4) return undefined;
    if (signatureKind !== 1 && signatureKind !== 3) return undefined;
    const kind = signatureKind === 1 ? 'rsa' : 'ecdsa';
    scts.push({ logId, timestamp, extensions, signatureKind: kind, signature });
  }
  return list.failed || inner.failed || !list.atEnd || !inner.atEnd || scts.length === 0 ? undefined : scts;
}

class Cursor {
  readonly #bytes: Buffer;
  #at = 0;
  failed = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(count: number): Buffer {
    const taken = this.#bytes.subarray(this.#at, this.#at + count);
    this.failed ||= taken.length < count;
    this.#at += taken.length;
    return taken.length < count ? Buffer.alloc(count) : taken;
  }

  vector(lengthBytes: number): Buffer {
    return this.take(this.take(lengthBytes).readUIntBE(0, lengthBytes));
  }
}
