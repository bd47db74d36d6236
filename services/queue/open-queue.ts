import pRetry from 'p-retry';
import { AppError } from '#core/errors/app-error.ts';
import { BullmqQueue, type QueueOptions } from './bullmq-queue.ts';
import { createPostgresTransport } from './postgres-transport.ts';
import type { Queue } from './queue.ts';
import { createRedisTransport } from './redis-transport.ts';
import type { Transport } from './transport.ts';

/** The registry: which URL means which backend. */
const transports: Readonly<Record<string, (url: string) => Transport>> = {
  'postgres:': createPostgresTransport,
  'postgresql:': createPostgresTransport,
  'redis:': createRedisTransport,
  'rediss:': createRedisTransport,
};

/**
 * The queue that `url` names (`ASSAY_QUEUE_URL`), once its server answers and BullMQ's schema is there. A server that
 * is just starting is waited for, some 10 s. @throws AppError `usage` for another kind of URL, `unavailable`
 */
export async function openQueue(url: string, options: QueueOptions = {}): Promise<Queue> {
  const protocol = URL.parse(url)?.protocol ?? '';
  const create = transports[protocol];
  if (create === undefined) {
    throw new AppError('usage', `a queue URL cannot begin with ${JSON.stringify(protocol)}`, {
      hint: `use one of ${Object.keys(transports).join(', ')}`,
    });
  }
  const transport = create(url);
  try {
    await pRetry(() => transport.prepare(), { retries: 5, minTimeout: 200, maxTimeout: 2_000 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('unavailable', `${transport.server} (the queue) cannot be reached: ${reason}`, {
      hint: 'see ASSAY_QUEUE_URL',
      cause: error,
    });
  }
  return new BullmqQueue(transport, options);
}
