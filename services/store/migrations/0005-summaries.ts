import { sql, type Kysely } from 'kysely';

/** Policies that finished rebuilds were held against, with what the signer made of each. Every statement can run twice. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table if not exists summaries (
      rebuild_id uuid not null references rebuilds (id),
      policy_sha256 text not null,
      policy jsonb not null,
      asked_by text not null,
      asked_at timestamptz not null,
      outcome jsonb,
      refused text,
      primary key (rebuild_id, policy_sha256)
    )`.execute(db);
}
