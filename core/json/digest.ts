import { createHash } from 'node:crypto';
import type { DigestSet } from '#schemas/digest.ts';
import { canonicalJson } from './canonical.ts';

/** The digest of a JSON document: sha256 of its canonical text (RFC 8785) in UTF-8. A recipe is known by this. */
export function jsonDigest(value: unknown): DigestSet {
  return { sha256: createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex') };
}
