import { sql } from 'kysely';
import { AppError } from '#core/errors/app-error.ts';
import type { StoredToken, TokenStore } from '#services/identity/token-store.ts';
import type { Store } from './store.ts';

const columns = ['id', 'name', 'scope', 'created_by', 'created_at', 'expires_at'] as const;

/** Tokens in PostgreSQL, by hash only. */
export function createTokenTable(store: Store): TokenStore {
  return {
    create: async ({ hash, ...token }) => {
      await store.transaction().execute(async (tx) => {
        await sql`select pg_advisory_xact_lock(hashtextextended(${`token ${token.name}`}, 0))`.execute(tx);
        const holder = await tx
          .selectFrom('tokens')
          .select('id')
          .where('name', '=', token.name)
          .where('revoked_at', 'is', null)
          .where('expires_at', '>', sql<Date>`now()`)
          .executeTakeFirst();
        if (holder)
          throw new AppError('conflict', `There is a token named ${token.name} already.`, {
            hint: 'Revoke it first, or choose another name.',
          });
        const { id, name, scope, createdBy, createdAt, expiresAt } = token;
        await tx
          .insertInto('tokens')
          .values({
            id,
            name,
            scope,
            hash,
            created_by: createdBy,
            created_at: createdAt,
            expires_at: expiresAt,
          })
          .execute();
      });
    },
    findByHash: async (hash) => {
      const row = await store
        .selectFrom('tokens')
        .select(columns)
        .where('hash', '=', hash)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return row && storedToken(row);
    },
    list: async () => {
      const rows = await store
        .selectFrom('tokens')
        .select(columns)
        .where('revoked_at', 'is', null)
        .orderBy('created_at', 'desc')
        .execute();
      return rows.map(storedToken);
    },
    revoke: async (id) => {
      const { numUpdatedRows } = await store
        .updateTable('tokens')
        .set({ revoked_at: sql<Date>`now()` })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
  };
}

function storedToken(row: {
  id: string;
  name: string;
  scope: 'submitter' | 'admin';
  created_by: string;
  created_at: Date;
  expires_at: Date;
}): StoredToken {
  const { id, name, scope } = row;
  return {
    id,
    name,
    scope,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}
