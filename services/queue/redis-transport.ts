import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { consumerTimes, type Transport } from './transport.ts';

/** BullMQ on Redis, 6.2 or newer, through ioredis. */
export function createRedisTransport(url: string): Transport {
  const prefix = 'assay';
  const retryStrategy = (times: number): number => Math.min(times * 200, 2_000);
  return {
    server: 'Redis',
    prepare: () => ping(url),
    // A producer fails at once while the server is away, instead of piling up messages in memory.
    producer: (name) =>
      new Queue(name, {
        connection: { url, retryStrategy, enableOfflineQueue: false, connectTimeout: 4_000 },
        prefix,
        streams: { events: { maxLen: 100 } },
      }),
    consumer: (name, process, concurrency) =>
      new Worker(name, process, {
        connection: { url, retryStrategy, maxRetriesPerRequest: null, connectTimeout: 4_000 },
        prefix,
        concurrency,
        ...consumerTimes,
      }),
    close: async () => undefined,
  };
}

async function ping(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 4_000 });
  let refused: Error | undefined;
  // ioredis tells why only here; connect() says no more than that the connection is closed.
  client.on('error', (error) => (refused = error));
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw refused ?? error;
  } finally {
    client.disconnect();
  }
}
