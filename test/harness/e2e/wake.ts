import { Client } from 'pg';
import type { JobKind } from '#schemas/jobs.ts';
import { openQueue } from '#services/queue/open-queue.ts';
import type { Queue } from '#services/queue/queue.ts';
import { environmentOf } from './process-tree.ts';
import type { Service } from './service.ts';

/** Sends wakes that nobody asked for, to the queue that the service itself uses. */
export interface Waker {
  /** Wakes workers for every job that a rebuild has had so far; gives how many those are. */
  wakeAllOf(rebuildId: string): Promise<number>;
  close(): Promise<void>;
}

export async function openWaker(service: Service): Promise<Waker> {
  const environment = await environmentOf((await service.pidOf('api')) ?? 0);
  const queue: Queue = await openQueue(environment['ASSAY_QUEUE_URL'] ?? '');
  const database = new Client(environment['ASSAY_DATABASE_URL']);
  await database.connect();
  return {
    async wakeAllOf(rebuildId) {
      const { rows } = await database.query<{ id: string; kind: JobKind }>(
        'select id, kind from jobs where rebuild_id = $1',
        [rebuildId],
      );
      for (const { id, kind } of rows) await queue.wake(kind, { jobId: id });
      return rows.length;
    },
    async close() {
      await queue.close();
      await database.end();
    },
  };
}
