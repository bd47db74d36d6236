import type { Sha256 } from '#schemas/digest.ts';
import type { ObjectStore } from './object-store.ts';

export interface CollectOptions {
  readonly store: ObjectStore;
  /** Asked once to choose, and once more right before a removal. Whoever refers to an object says so before storing it. */
  readonly isReferenced: (sha256: Sha256) => boolean | Promise<boolean>;
  /**
   * Runs `removeUnlessReferenced` while no reference to `sha256` can come (such as under a lock of the database). Default:
   * runs it, which leaves the instant between the last question and the removal.
   */
  readonly exclusively?: (sha256: Sha256, removeUnlessReferenced: () => Promise<void>) => Promise<void>;
  /** What nothing refers to goes when it was stored longer ago. */
  readonly unreferencedMaxAgeMs: number;
  /** Of all objects together; over it, what nothing refers to goes before its age, the oldest first. */
  readonly quotaBytes: number;
  readonly now: Date;
}

export interface Collected {
  /** Digests that were removed. */
  readonly removed: readonly Sha256[];
  readonly freedBytes: number;
  /** What is left, as far as it was seen. */
  readonly heldBytes: number;
  /** True where what is referenced alone exceeds the quota. */
  readonly overQuota: boolean;
}

interface Candidate {
  readonly sha256: Sha256;
  readonly size: number;
  readonly storedAt: Date;
}

/** Removes what retention and quota say, never what is referenced. @throws AppError `unavailable` */
export async function collect(options: CollectOptions): Promise<Collected> {
  const { store, isReferenced, exclusively = (_sha256, remove) => remove() } = options;
  const candidates: Candidate[] = [];
  let heldBytes = 0;
  for await (const object of store.list()) {
    heldBytes += object.size;
    if (!(await isReferenced(object.sha256))) candidates.push(object);
  }
  candidates.sort((a, b) => a.storedAt.getTime() - b.storedAt.getTime());
  const oldest = options.now.getTime() - options.unreferencedMaxAgeMs;
  const removed: Sha256[] = [];
  let freedBytes = 0;
  for (const { sha256, size, storedAt } of candidates) {
    // Oldest first: past both limits, whatever follows stays too.
    if (storedAt.getTime() >= oldest && heldBytes <= options.quotaBytes) break;
    await exclusively(sha256, async () => {
      if (await isReferenced(sha256)) return;
      await store.remove(sha256);
      removed.push(sha256);
      heldBytes -= size;
      freedBytes += size;
    });
  }
  return { removed, freedBytes, heldBytes, overQuota: heldBytes > options.quotaBytes };
}
