import { sql, type Kysely } from 'kysely';

/**
 * Statements that are kept before they are signed, jobs on a finished rebuild, and keys that end. A result now tells the
 * state of each attestation: kept views are made anew. Every statement can run twice.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table attestations
      add column if not exists variant text not null default '',
      add column if not exists statement_sha256 text,
      add column if not exists statement_size bigint,
      add column if not exists state text not null default 'complete',
      add column if not exists logged boolean not null default false,
      add column if not exists timestamped boolean not null default false,
      alter column bundle_sha256 drop not null,
      alter column bundle_size drop not null,
      alter column key_hint drop not null,
      drop constraint if exists attestations_pkey,
      drop constraint if exists attestations_state,
      drop constraint if exists attestations_bundle`.execute(db);
  await sql`
    alter table attestations
      add constraint attestations_pkey primary key (rebuild_id, predicate_type, variant),
      add constraint attestations_state check (state in ('complete', 'unlogged', 'revoked')),
      add constraint attestations_bundle check ((state = 'complete') = (bundle_sha256 is not null))`.execute(
    db,
  );
  await sql`create index if not exists attestations_incomplete on attestations (rebuild_id) where state <> 'complete'`.execute(
    db,
  );
  await sql`create index if not exists attestations_by_key on attestations (key_hint) where state = 'complete'`.execute(
    db,
  );
  await sql`alter table jobs add column if not exists after_verdict boolean not null default false`.execute(
    db,
  );
  await sql`create index if not exists jobs_after_verdict on jobs (rebuild_id) where after_verdict`.execute(
    db,
  );
  await sql`alter table object_refs add column if not exists job_id uuid`.execute(db);
  await sql`
    alter table signing_keys
      add column if not exists valid_from timestamptz,
      add column if not exists retired_at timestamptz,
      add column if not exists revoked_at timestamptz`.execute(db);
  await sql`update signing_keys set valid_from = created_at where valid_from is null`.execute(db);
  await sql`alter table signing_keys alter column valid_from set not null`.execute(db);
  await sql`
    create table if not exists signers (
      builder_id text primary key,
      log boolean not null,
      registered_at timestamptz not null
    )`.execute(db);
  await sql`update rebuilds set view = null where view is not null`.execute(db);
}
