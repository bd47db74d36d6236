import { Queue, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { consumerTimes, type Transport } from './transport.ts';

/** BullMQ on Redis, 6.2 or newer, through ioredis. */
export function createRedisTransport(url: string): Transport {
  const prefix = 'assay';
  const clients = new Set<Redis>();
  const connect = (options: ClientOptions) => new OwnedRedis(url, clients, options);
  let producing: Redis | undefined;
  return {
    server: 'Redis',
    prepare: () => ping(url),
    producer: (name) => {
      // It fails at once while the server is away, instead of piling up messages in memory.
      producing ??= connect({ enableOfflineQueue: false, maxRetriesPerRequest: null });
      return new Queue(name, { connection: producing, prefix, streams: { events: { maxLen: 100 } } });
    },
    consumer: (name, process, concurrency) =>
      new Worker(name, process, {
        connection: connect({ maxRetriesPerRequest: null }),
        prefix,
        concurrency,
        ...consumerTimes,
      }),
    close: async () => {
      for (const client of clients) client.disconnect();
    },
  };
}

/** BullMQ wants replies as Redis sends them, which is the default. */
type ClientOptions = Omit<RedisOptions, 'replyMapping'>;

/**
 * A client that its transport can end, with those that BullMQ makes of it to block on: of a server that is away, BullMQ
 * would leave them behind, connecting for ever.
 */
class OwnedRedis extends Redis {
  readonly #url: string;
  readonly #owner: Set<Redis>;

  constructor(url: string, owner: Set<Redis>, options: ClientOptions) {
    super(url, {
      ...options,
      connectTimeout: 4_000,
      retryStrategy: (times) => Math.min(times * 200, 2_000),
    });
    this.#url = url;
    this.#owner = owner;
    owner.add(this);
    this.on('end', () => owner.delete(this));
    // BullMQ reports errors while it listens; after its close they must not be uncaught.
    this.on('error', () => undefined);
  }

  /**
   * ioredis never ends a client that is told to disconnect while it waits to connect again, and BullMQ waits for that
   * end. One that waits for its first connection it does end.
   */
  override disconnect(reconnect = false): void {
    if (!reconnect && this.status === 'reconnecting') this.status = 'wait';
    super.disconnect(reconnect);
  }

  override duplicate(options: ClientOptions = {}): Redis {
    return new OwnedRedis(this.#url, this.#owner, { ...this.options, ...options });
  }
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
