import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Artifact, Visibility } from '#schemas/artifact.ts';
import type { Served } from '#schemas/gateway.ts';
import type { JobKind } from '#schemas/jobs.ts';
import type { Canary } from '#schemas/place.ts';
import type { AttestationState, RebuildEvent, RebuildRequest, RebuildResult } from '#schemas/rebuild.ts';
import type { Policy } from '#schemas/policy.ts';
import type { Recipe } from '#schemas/recipe.ts';
import type { SummaryOutcome } from '#schemas/summary.ts';
import type { Verdict } from '#schemas/verdict.ts';

/** JSON columns are written as text and read as values. */
type Json<T> = ColumnType<T, string, string>;
type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>;
type Instant = ColumnType<Date, Date | string | undefined, Date | string>;
type NullableInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

/** The truth. One table a noun; migrations/ makes them. */
export interface Database {
  rebuilds: {
    id: string;
    request: Json<RebuildRequest>;
    /** What makes two open requests of one submitter the same. */
    request_key: string;
    purl: string | null;
    recipe_by: 'inferred' | 'supplied';
    submitter: string;
    visibility: Visibility;
    artifact_sha256: string | null;
    artifact: NullableJson<Artifact>;
    recipes: NullableJson<Recipe[]>;
    replay_of: string | null;
    invocation_nonce: string;
    verdict: NullableJson<Verdict>;
    verdict_kind: string | null;
    /** Number of the attempt that the verdict rests on; 0 for none. */
    verdict_attempt: number | null;
    level: string | null;
    /** The result as shown, once finished (services/control/kept-view.ts). */
    view: NullableJson<RebuildResult>;
    cancelled: Generated<boolean>;
    revision: Generated<number>;
    event_seq: Generated<number>;
    created_at: Instant;
    finished_at: NullableInstant;
  };
  jobs: {
    id: string;
    rebuild_id: string;
    /** Order within the rebuild. */
    ordinal: number;
    kind: JobKind;
    attempt: number;
    input: Json<unknown>;
    status: 'queued' | 'leased' | 'done' | 'gave-up';
    fence: Generated<number>;
    tries: Generated<number>;
    worker: string | null;
    token_hash: string | null;
    lease_until: NullableInstant;
    /** When to wake workers (again), unless leased. */
    due_at: Instant;
    report: NullableJson<unknown>;
    /** Work on a finished rebuild: tried again for ever, and no stage of it. */
    after_verdict: Generated<boolean>;
    created_at: Instant;
    finished_at: NullableInstant;
  };
  outbox: { id: Generated<string>; job_id: string; kind: JobKind; created_at: Instant };
  events: {
    rebuild_id: string;
    seq: number;
    at: Instant;
    body: JSONColumnType<Omit<RebuildEvent, 'seq' | 'at'>>;
  };
  served: { id: Generated<string>; job_id: string; fence: number; body: Json<Served> };
  objects: { sha256: string; size: number; created_at: Instant };
  object_refs: {
    sha256: string;
    rebuild_id: string;
    /** The job that brought it, where one did. */
    job_id: string | null;
  };
  uploads: { sha256: string; submitter: string; expires_at: Instant };
  /** One row a statement; it has a bundle while it is complete, and then exactly one. */
  attestations: {
    rebuild_id: string;
    predicate_type: string;
    /** Tells statements of one type about one rebuild apart; empty where there is only one. */
    variant: Generated<string>;
    subject_sha256: string;
    /** Null for what was signed before statements were kept. */
    statement_sha256: string | null;
    statement_size: number | null;
    state: Generated<AttestationState>;
    bundle_sha256: string | null;
    bundle_size: number | null;
    /** Null also where a certificate names the signer. */
    key_hint: string | null;
    logged: Generated<boolean>;
    timestamped: Generated<boolean>;
    created_at: Instant;
  };
  /** A policy that a rebuild was held against; its signed summary is the attestation of that variant. */
  summaries: {
    rebuild_id: string;
    policy_sha256: string;
    policy: Json<Policy>;
    asked_by: string;
    asked_at: Instant;
    outcome: NullableJson<SummaryOutcome>;
    /** Why the signer would not. */
    refused: string | null;
  };
  signing_keys: {
    hint: string;
    public_key_pem: string;
    builder_id: string;
    created_at: Instant;
    valid_from: Instant;
    retired_at: NullableInstant;
    revoked_at: NullableInstant;
  };
  /** What the attesters of a builder last said of how they sign. */
  signers: { builder_id: string; log: boolean; registered_at: Instant };
  /** What each attester laid out for rebuild workers to try to reach. */
  canaries: { attester: string; laid: Json<Canary[]>; laid_at: Instant };
  tokens: {
    id: string;
    name: string;
    scope: 'submitter' | 'admin';
    hash: string;
    created_by: string;
    created_at: Instant;
    expires_at: Instant;
    revoked_at: NullableInstant;
  };
  idempotency_keys: {
    subject: string;
    key: string;
    fingerprint: string;
    /** Null while the first request is being handled. */
    answer: NullableJson<unknown>;
    begun_at: Instant;
  };
}
