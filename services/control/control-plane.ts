import type { Readable } from 'node:stream';
import type { Sha256, ObjectRef } from '#schemas/digest.ts';
import type { Served } from '#schemas/gateway.ts';
import type { JobKind, Lease, ProgressEvent } from '#schemas/jobs.ts';
import type { LevelReport } from '#schemas/level-report.ts';
import type { Canary } from '#schemas/place.ts';
import type { Policy } from '#schemas/policy.ts';
import type { Summary } from '#schemas/summary.ts';
import type { PublishedKey } from '#schemas/trust.ts';
import type { Lookup, RebuildEvent, RebuildRequest, RebuildResult } from '#schemas/rebuild.ts';

/** Who asks. Anonymous callers read what is public; `subject` is recorded as the submitter. */
export interface Caller {
  /** `anonymous`, `token:<name>`, `oidc:<issuer>#<subject>`, `worker:<kind>`, `gateway` */
  readonly subject: string;
  readonly scope: 'anonymous' | 'submitter' | 'admin' | `worker:${JobKind}` | 'gateway';
  readonly claims?: Readonly<Record<string, string>>;
}

/** How an attester signs, as it says when it starts. */
export interface NewSigner {
  readonly builderId: string;
  /** Whether a transparency log is configured: then what is public is complete only with an entry in it. */
  readonly log: boolean;
  /** Absent where each signature has a certificate of its own. */
  readonly key?: Pick<PublishedKey, 'hint' | 'publicKeyPem'>;
}

/**
 * All that the api can do, without HTTP. The one implementation is services/control/plane.ts over PostgreSQL and the
 * object store; each method is one transaction. Every method throws AppError only.
 */
export interface ControlPlane {
  /** Creates a rebuild (or answers an open one for the same request and submitter). @throws `invalid-purl`, `unsupported-ecosystem`, `not-found` */
  submit(caller: Caller, request: RebuildRequest): Promise<RebuildResult>;
  /** @throws `not-found` also where the caller may not see it */
  rebuild(caller: Caller, id: string): Promise<{ result: RebuildResult; revision: number }>;
  /** Newest first. */
  rebuilds(
    caller: Caller,
    page: { limit: number; before?: string },
  ): Promise<{ items: RebuildResult[]; next?: string }>;
  /** Resolves when the rebuild's revision exceeds `revision` or after `timeoutMs`. */
  waitForChange(id: string, revision: number, timeoutMs: number, signal: AbortSignal): Promise<void>;
  events(caller: Caller, id: string, afterSeq: number, limit: number): Promise<RebuildEvent[]>;
  cancel(caller: Caller, id: string): Promise<RebuildResult>;
  /** Makes a private rebuild, its artifact and its log public. */
  publish(caller: Caller, id: string): Promise<RebuildResult>;
  /** The facts of the signed comparison and the level that they make. @throws `not-found` where nothing was stated */
  level(caller: Caller, id: string): Promise<LevelReport>;
  /** Has a finished rebuild held against a policy; the summary is signed soon. @throws `not-found`, `forbidden`, `conflict` */
  summarize(caller: Caller, id: string, policy: Policy): Promise<Summary>;
  lookup(caller: Caller, query: { purl: string } | { sha256: Sha256 }): Promise<Lookup>;
  /** The files of a package version (a normalised purl) that the caller may see rebuilds of, newest first. */
  filesOf(caller: Caller, purl: string): Promise<{ file: string; sha256: Sha256 }[]>;
  /** The complete Sigstore bundles (parsed JSON) about a digest, newest first. */
  attestations(
    caller: Caller,
    sha256: Sha256,
  ): Promise<{ predicateType: string; digest: string; bundle: unknown }[]>;
  /** Newest first. */
  keys(): Promise<PublishedKey[]>;
  /** What the key signed so far stays good; nothing more is signed with it. @throws `forbidden`, `not-found`, `conflict` */
  retireKey(caller: Caller, hint: string): Promise<PublishedKey[]>;
  /** Nothing verifies with the key; what it signed is signed again with the present one. @throws `forbidden`, `not-found` */
  revokeKey(caller: Caller, hint: string): Promise<PublishedKey[]>;

  /** A submitter's upload: private, kept for a day unless a rebuild names it. @throws `digest-mismatch`, `too-large`, `quota-exceeded` */
  upload(caller: Caller, sha256: Sha256, bytes: Readable): Promise<ObjectRef>;
  /** @throws `not-found` also where the caller may not see it */
  object(
    caller: Caller,
    sha256: Sha256,
    range?: readonly [number, number],
  ): Promise<{ bytes: Readable; size: number }>;

  // what workers call, with the worker's own token to claim and the lease's token after that
  claim(caller: Caller, jobId: string, worker: string): Promise<Lease>;
  heartbeat(jobId: string, token: string): Promise<{ leaseSeconds: number; cancelled: boolean }>;
  progress(jobId: string, token: string, events: ProgressEvent[]): Promise<void>;
  jobObject(jobId: string, token: string, sha256: Sha256): Promise<{ bytes: Readable; size: number }>;
  putJobObject(jobId: string, token: string, sha256: Sha256, bytes: Readable): Promise<ObjectRef>;
  report(jobId: string, token: string, report: unknown): Promise<void>;
  /** Gives the job back because of our own failure: it is tried again later, or given up after its last try. */
  release(jobId: string, token: string, detail: string): Promise<void>;
  /** What that attester laid out where no build may get; the next attempts try to. */
  layCanaries(caller: Caller, attester: string, canaries: readonly Canary[]): Promise<void>;
  /** @throws `forbidden` for a key that was retired or revoked */
  registerSigner(caller: Caller, signer: NewSigner): Promise<void>;

  // what the gateway calls, with its own token
  gatewayObject(caller: Caller, sha256: Sha256): Promise<{ bytes: Readable; size: number }>;
  putGatewayObject(caller: Caller, sha256: Sha256, bytes: Readable): Promise<ObjectRef>;
  recordServed(caller: Caller, jobId: string, fence: number, served: Served): Promise<void>;
  /** The record that a replaying attempt is served from. */
  replayRecord(caller: Caller, jobId: string): Promise<Served[]>;

  /** @throws `unavailable` naming what cannot be reached */
  ready(): Promise<void>;
}
