import { sql, type Kysely } from 'kysely';

/** Every statement can run twice. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table if not exists rebuilds (
      id uuid primary key,
      request jsonb not null,
      request_key text not null,
      purl text,
      recipe_by text not null check (recipe_by in ('inferred', 'supplied')),
      submitter text not null,
      visibility text not null check (visibility in ('public', 'private')),
      artifact_sha256 text,
      artifact jsonb,
      recipes jsonb,
      replay_of uuid references rebuilds (id),
      invocation_nonce text not null,
      verdict jsonb,
      verdict_kind text,
      verdict_attempt integer,
      level text,
      cancelled boolean not null default false,
      revision integer not null default 1,
      event_seq integer not null default 0,
      created_at timestamptz not null default now(),
      finished_at timestamptz
    )`.execute(db);
  await sql`create index if not exists rebuilds_by_purl on rebuilds (purl, created_at desc)`.execute(db);
  await sql`create index if not exists rebuilds_by_artifact on rebuilds (artifact_sha256, created_at desc)`.execute(
    db,
  );
  await sql`create index if not exists rebuilds_by_time on rebuilds (created_at desc, id desc)`.execute(db);
  await sql`create index if not exists rebuilds_by_request on rebuilds (request_key) where finished_at is null`.execute(
    db,
  );
  await sql`
    create table if not exists jobs (
      id uuid primary key,
      rebuild_id uuid not null references rebuilds (id),
      ordinal integer not null,
      kind text not null,
      attempt integer not null,
      input jsonb not null,
      status text not null check (status in ('queued', 'leased', 'done', 'gave-up')),
      fence integer not null default 0,
      tries integer not null default 0,
      worker text,
      token_hash text,
      lease_until timestamptz,
      due_at timestamptz not null default now(),
      report jsonb,
      created_at timestamptz not null default now(),
      finished_at timestamptz,
      unique (rebuild_id, ordinal)
    )`.execute(db);
  await sql`create index if not exists jobs_due on jobs (due_at) where status = 'queued'`.execute(db);
  await sql`create index if not exists jobs_leased on jobs (lease_until) where status = 'leased'`.execute(db);
  await sql`
    create table if not exists outbox (
      id bigint generated always as identity primary key,
      job_id uuid not null references jobs (id),
      kind text not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table if not exists events (
      rebuild_id uuid not null references rebuilds (id),
      seq integer not null,
      at timestamptz not null default now(),
      body jsonb not null,
      primary key (rebuild_id, seq)
    )`.execute(db);
  await sql`
    create table if not exists served (
      id bigint generated always as identity primary key,
      job_id uuid not null references jobs (id),
      fence integer not null,
      body jsonb not null
    )`.execute(db);
  await sql`create index if not exists served_by_job on served (job_id, fence, id)`.execute(db);
  await sql`
    create table if not exists objects (
      sha256 text primary key,
      size bigint not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table if not exists object_refs (
      sha256 text not null,
      rebuild_id uuid not null references rebuilds (id),
      primary key (sha256, rebuild_id)
    )`.execute(db);
  await sql`
    create table if not exists uploads (
      sha256 text not null,
      submitter text not null,
      expires_at timestamptz not null,
      primary key (sha256, submitter)
    )`.execute(db);
  await sql`
    create table if not exists attestations (
      rebuild_id uuid not null references rebuilds (id),
      predicate_type text not null,
      subject_sha256 text not null,
      bundle_sha256 text not null,
      bundle_size bigint not null,
      key_hint text not null,
      created_at timestamptz not null default now(),
      primary key (rebuild_id, predicate_type)
    )`.execute(db);
  await sql`create index if not exists attestations_by_subject on attestations (subject_sha256, created_at desc)`.execute(
    db,
  );
  await sql`
    create table if not exists signing_keys (
      hint text not null,
      public_key_pem text not null,
      builder_id text not null,
      created_at timestamptz not null default now(),
      primary key (hint, builder_id)
    )`.execute(db);
  await sql`
    create table if not exists tokens (
      id uuid primary key,
      name text not null,
      scope text not null check (scope in ('submitter', 'admin')),
      hash text not null unique,
      created_by text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      revoked_at timestamptz
    )`.execute(db);
  await sql`
    create table if not exists idempotency_keys (
      subject text not null,
      key text not null,
      fingerprint text not null,
      answer jsonb,
      begun_at timestamptz not null default now(),
      primary key (subject, key)
    )`.execute(db);
}
