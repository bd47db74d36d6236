import type { Logger } from '#services/log/logger.ts';
import type { Queue } from '#services/queue/queue.ts';
import type { Store } from '#services/store/store.ts';

const batchMax = 200;

/**
 * Sends the outbox to the queue. A row is removed in the transaction in which its message was sent: sent twice is
 * possible and harmless, not sent is not. While the queue is away the rows stay.
 */
export function createDispatcher(deps: { store: Store; queue: Queue; log: Logger }) {
  let running: Promise<void> | undefined;
  let again = false;

  async function sendBatch(): Promise<number> {
    return deps.store.transaction().execute(async (tx) => {
      const rows = await tx
        .selectFrom('outbox')
        .selectAll()
        .orderBy('id')
        .limit(batchMax)
        .forUpdate()
        .skipLocked()
        .execute();
      if (rows.length === 0) return 0;
      await Promise.all(rows.map((row) => deps.queue.wake(row.kind, { jobId: row.job_id })));
      await tx
        .deleteFrom('outbox')
        .where(
          'id',
          'in',
          rows.map((row) => row.id),
        )
        .execute();
      return rows.length;
    });
  }

  async function drain(): Promise<void> {
    do {
      again = false;
      while ((await sendBatch()) > 0);
    } while (again);
  }

  /** Sends what is in the outbox now. Calls during a run are one further run. */
  function poke(): void {
    if (running) {
      again = true;
      return;
    }
    running = drain()
      .catch((error: unknown) =>
        deps.log.warn({ err: error }, 'the queue cannot be reached; the outbox keeps its messages'),
      )
      .finally(() => {
        running = undefined;
      });
  }

  return { poke, idle: async () => running };
}
