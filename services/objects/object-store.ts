import type { Readable } from 'node:stream';
import type { ObjectRef, Sha256 } from '#schemas/digest.ts';

/** Bytes by sha256. Implementations: folder (`file://`) and S3 (`s3://`); one contract suite, test/contract/object-store. */
export interface ObjectStore {
  /**
   * Stores `bytes` if their digest is `sha256` and they are no more than `sizeMax`. Storing what is there already is
   * no error. Nothing half-written is ever visible.
   * @throws AppError `digest-mismatch`, `too-large`, `unavailable`
   */
  put(sha256: Sha256, bytes: Readable, options: { sizeMax: number }): Promise<ObjectRef>;
  /** A stream of the bytes, or undefined where there are none under that digest. `range` is [first, last], inclusive. */
  get(sha256: Sha256, range?: readonly [number, number]): Promise<Readable | undefined>;
  /** Size in bytes, or undefined. */
  size(sha256: Sha256): Promise<number | undefined>;
  /** Removes; absent is no error. Only retention calls this. */
  remove(sha256: Sha256): Promise<void>;
  /** Everything held, in no particular order. */
  list(): AsyncIterable<{ sha256: Sha256; size: number; storedAt: Date }>;
  close(): Promise<void>;
}
