import { sql, type Kysely } from 'kysely';

/**
 * A finished rebuild's result (schemas/rebuild.ts), kept as it is shown, so that a look-up is one SELECT. `json`, not
 * `jsonb`: the text stays as it was written. Null is never wrong, only slower: the result is then made from the rows. A
 * later migration that changes what a result says sets it to null.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table rebuilds add column if not exists view json`.execute(db);
}
