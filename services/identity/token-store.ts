import { z } from '@hono/zod-openapi';
import type { Sha256 } from '#schemas/digest.ts';
import { Instant } from '#schemas/text.ts';

/** What a stored token allows: `submitter` writes rebuilds and uploads, `admin` also tokens. */
export const TokenScope = z.enum(['submitter', 'admin']);
export type TokenScope = z.infer<typeof TokenScope>;

/** `admin` is the name of the operator's own token, which is configuration. */
export const TokenName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'lower-case letters, digits, ".", "_" and "-", at most 63')
  .refine((name) => name !== 'admin', 'a name other than admin');

/** A token as it is kept and listed: never its text. Its holder's subject is `token:<name>`. */
export const StoredToken = z.strictObject({
  id: z.uuid(),
  name: TokenName,
  scope: TokenScope,
  createdBy: z.string().describe('subject of the admin who created it'),
  createdAt: Instant,
  expiresAt: Instant,
});
export type StoredToken = z.infer<typeof StoredToken>;

/** Where tokens are kept, by the sha256 of their text. */
export interface TokenStore {
  /** @throws AppError `conflict` where a token of that name is neither revoked nor expired */
  create(token: StoredToken & { readonly hash: Sha256 }): Promise<void>;
  /** The token with that hash, unless revoked. Expiry is the caller's to judge. */
  findByHash(hash: Sha256): Promise<StoredToken | undefined>;
  /** Those not revoked, newest first. */
  list(): Promise<StoredToken[]>;
  /** False where there is no such token, or it was revoked already. */
  revoke(id: string): Promise<boolean>;
}
