import { createPostgresBackend, runMigrations, Queue, Worker } from 'bullmq';
import { Client } from 'pg';
import { consumerTimes, type Transport } from './transport.ts';

/** BullMQ's own schema; its role owns it and nothing else (services/postgres/roles.ts). */
const schema = 'bullmq';

/** BullMQ on PostgreSQL: jobs in tables, wakes by LISTEN/NOTIFY. */
export function createPostgresTransport(connectionString: string): Transport {
  // Few connections each: a process has one producer or consumer for each kind of job.
  const connection = {
    connectionString,
    schema,
    max: 2,
    connectionTimeoutMillis: 4_000,
    query_timeout: 10_000,
    keepAlive: true,
  };
  return {
    server: 'PostgreSQL',
    prepare: () => migrate(connectionString),
    producer: (name) =>
      new Queue(name, { connection, streams: { events: { maxLen: 100 } } }, createPostgresBackend),
    consumer: (name, process, concurrency) =>
      new Worker(name, process, { connection, concurrency, ...consumerTimes }, createPostgresBackend),
  };
}

/** BullMQ's numbered migrations, under its advisory lock: of several processes at once, one migrates. */
async function migrate(connectionString: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 4_000, query_timeout: 30_000 });
  // A connection that breaks between two queries is reported by the next one.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ present: boolean }>(
      'SELECT to_regnamespace($1) IS NOT NULL AS present',
      [schema],
    );
    const present = rows[0]?.present === true;
    await runMigrations(
      {
        query: async <R>(text: string, values?: readonly unknown[]) => {
          // PostgreSQL wants CREATE on the database for this even where the schema is there, and BullMQ's role is to
          // have no right beyond its schema.
          if (present && text.startsWith('CREATE SCHEMA IF NOT EXISTS')) return { rows: [] };
          const result = await client.query(text, values as unknown[] | undefined);
          return { rows: result.rows as R[] };
        },
      },
      schema,
    );
  } finally {
    await client.end();
  }
}
