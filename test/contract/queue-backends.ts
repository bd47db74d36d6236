import { Redis } from 'ioredis';
import { Client } from 'pg';
import { startTestPostgres } from '#test/harness/servers/postgres.ts';
import { startTestRedis } from '#test/harness/servers/redis.ts';
import type { TestServer } from '#test/harness/servers/test-server.ts';

export interface QueueBackend {
  readonly server: TestServer;
  readonly url: string;
  /** Loses every message, as an operator's `FLUSHALL` would. */
  flush(): Promise<void>;
}

async function startPostgresBackend(): Promise<QueueBackend> {
  const server = await startTestPostgres();
  const flush = async () => {
    const client = new Client({ connectionString: server.urlOf('postgres') });
    await client.connect();
    await client.query('TRUNCATE bullmq.job, bullmq.event, bullmq.meta CASCADE');
    await client.end();
  };
  return { server, url: server.queueUrl, flush };
}

async function startRedisBackend(): Promise<QueueBackend> {
  const server = await startTestRedis();
  const flush = async () => {
    const client = new Redis(server.url);
    await client.flushall();
    client.disconnect();
  };
  return { server, url: server.url, flush };
}

/** Every implementation of the port, with its real server. */
export const queueBackends: readonly [name: string, start: () => Promise<QueueBackend>][] = [
  ['PostgreSQL', startPostgresBackend],
  ['Redis', startRedisBackend],
];
