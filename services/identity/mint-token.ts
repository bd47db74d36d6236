import { createHash } from 'node:crypto';
import type { Sha256 } from '#schemas/digest.ts';
import type { TokenScope } from './token-store.ts';

/** Bytes of randomness in a token: enough that a plain sha256 of it is as good as a slow hash. */
export const tokenRandomBytes = 32;

/** The text of a token from fresh randomness: `assay_<scope>_<base64url>`. Shown once, never kept. */
export function mintToken(scope: TokenScope, random: Uint8Array): string {
  if (random.length !== tokenRandomBytes)
    throw new RangeError(`A token needs ${tokenRandomBytes} random bytes`);
  return `assay_${scope}_${Buffer.from(random).toString('base64url')}`;
}

/** What is kept of a token. */
export function hashToken(token: string): Sha256 {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}
