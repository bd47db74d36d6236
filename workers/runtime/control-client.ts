import type { Readable } from 'node:stream';
import type { ObjectRef, Sha256 } from '#schemas/digest.ts';
import type { JobInput, JobKind, JobReport, ProgressEvent } from '#schemas/jobs.ts';

/** What a handler may do while it holds a job's lease. All goes to the api with this attempt's token. */
export interface JobContext<K extends JobKind> {
  readonly jobId: string;
  readonly rebuildId: string;
  readonly fence: number;
  readonly input: JobInput<K>;
  /** Aborted when the lease is lost, the rebuild is cancelled or the worker stops: stop at once, report nothing. */
  readonly signal: AbortSignal;
  /** A fresh folder for this attempt, removed afterwards. */
  readonly folder: string;
  progress(event: ProgressEvent): void;
  /** Writes the object to `path`, checking its digest. @throws AppError `not-found`, `digest-mismatch`, `unavailable` */
  download(sha256: Sha256, path: string): Promise<ObjectRef>;
  /** Digests the file at `path` and uploads it. */
  upload(path: string): Promise<ObjectRef>;
  uploadBytes(bytes: Uint8Array | Readable, sha256: Sha256): Promise<ObjectRef>;
}

/** The work of one kind of worker. Throwing an AppError means our own failure: the job is tried again. */
export type JobHandler<K extends JobKind> = (job: JobContext<K>) => Promise<JobReport<K>>;
