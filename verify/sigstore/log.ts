import { hash } from 'node:crypto';
import type { Period } from './period.ts';
import { spkiOf, type PublicKey } from './public-key.ts';

/** A log whose key is trusted for some time: a Rekor instance, or a log of certificates. */
export interface TransparencyLog {
  /** Its name in bundles, entries and timestamps; made from its key. */
  readonly id: Buffer;
  /** Host of its base URL, without and with the port: how it may name itself in checkpoints. */
  readonly origins: readonly string[];
  readonly publicKey: PublicKey;
  readonly period: Period;
}

/** The ids that a log with this key can have. */
export function logIdsOf(publicKey: PublicKey, origin: string): Buffer[] {
  const spki = spkiOf(publicKey);
  const ids = [hash('sha256', spki, 'buffer')];
  // The key id of a signed note, whole: https://c2sp.org/signed-note#signatures, type 0x01.
  if (publicKey.kind === 'ed25519')
    ids.push(hash('sha256', Buffer.concat([Buffer.from(`${origin}\n\u0001`), spki.subarray(-32)]), 'buffer'));
  return ids;
}
