import { createPostgresBackend, runMigrations, Queue, Worker, type PgPool } from 'bullmq';
import { Client, Pool } from 'pg';
import { consumerTimes, type Transport } from './transport.ts';

/** BullMQ's own schema; its role owns it and nothing else (services/postgres/roles.ts). */
const schema = 'bullmq';

/**
 * A client whose broken connection is never an uncaught exception. BullMQ takes every listener off a client that it
 * closes; what a dying server still says on it would then end our process.
 */
class TolerantClient extends Client {
  constructor(...config: ConstructorParameters<typeof Client>) {
    super(...config);
    this.on('error', ignore);
  }

  override removeAllListeners(event?: string | symbol): this {
    super.removeAllListeners(event);
    return this.on('error', ignore);
  }
}

/** BullMQ on PostgreSQL: jobs in tables, wakes by LISTEN/NOTIFY. */
export function createPostgresTransport(connectionString: string): Transport {
  const pool = new Pool({
    Client: TolerantClient,
    connectionString,
    options: `-c search_path=${schema}`,
    // Each consumer keeps one to listen on; a process has at most one for each kind of job.
    max: 8,
    connectionTimeoutMillis: 4_000,
    query_timeout: 10_000,
    keepAlive: true,
  });
  pool.on('error', ignore);
  // BullMQ describes the part of pg that it uses in types of its own, which differ in overloads only.
  const connection = pool as unknown as PgPool;
  return {
    server: 'PostgreSQL',
    prepare: () => migrate(connectionString),
    producer: (name) =>
      new Queue(name, { connection, streams: { events: { maxLen: 100 } } }, createPostgresBackend),
    consumer: (name, process, concurrency) =>
      new Worker(name, process, { connection, concurrency, ...consumerTimes }, createPostgresBackend),
    close: () => pool.end(),
  };
}

/** The pool makes a new connection for the next query, and BullMQ listens again. */
function ignore(): void {}

/** BullMQ's numbered migrations, under its advisory lock: of several processes at once, one migrates. */
async function migrate(connectionString: string): Promise<void> {
  const client = new TolerantClient({
    connectionString,
    connectionTimeoutMillis: 4_000,
    query_timeout: 30_000,
  });
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
