import { sql, type Kysely } from 'kysely';

/** What each attester laid out for rebuild workers to try to reach (schemas/place.ts). Every statement can run twice. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table if not exists canaries (
      attester text primary key,
      laid jsonb not null,
      laid_at timestamptz not null
    )`.execute(db);
}
