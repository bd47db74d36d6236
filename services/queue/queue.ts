import type { JobKind, QueueMessage } from '#schemas/jobs.ts';

/**
 * Wakes workers; carries ids only and is never the truth. A lost, repeated or late message is harmless: the claim
 * decides. Implementations: BullMQ on PostgreSQL (`postgres://`) and on Redis (`redis://`); one contract suite.
 */
export interface Queue {
  /** @throws AppError `unavailable` */
  wake(kind: JobKind, message: QueueMessage): Promise<void>;
  /** Calls `handle` for each message, at most `concurrency` at once. A handler that throws does not lose the message. */
  work(
    kind: JobKind,
    handle: (message: QueueMessage) => Promise<void>,
    options: { concurrency: number },
  ): Promise<QueueConsumer>;
  close(): Promise<void>;
}

export interface QueueConsumer {
  /** Takes no further messages, waits for those under way. */
  close(): Promise<void>;
}
