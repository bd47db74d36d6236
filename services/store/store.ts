import { Kysely, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { Pool, types } from 'pg';
import { AppError } from '#core/errors/app-error.ts';
import { migrations } from './migrations/migrations.ts';
import type { Database } from './tables.ts';

export type Store = Kysely<Database>;

/** PostgreSQL's int8, which pg gives as text: ours stay far below 2^53. */
const int8Oid = 20;

/**
 * Connects to `postgres://…` and runs the migrations (kysely holds a lock, so that several processes may start at once).
 * @throws AppError `unavailable`
 */
export async function openStore(
  url: string,
  options: { connectionsMax: number; onError: (error: Error) => void },
): Promise<{ store: Store; pool: Pool }> {
  const pool = new Pool({
    connectionString: url,
    max: options.connectionsMax,
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser: (oid, format) => (oid === int8Oid ? Number : types.getTypeParser(oid, format)) },
  });
  // A restarting server breaks idle connections; the pool makes new ones.
  pool.on('error', options.onError);
  // One that is in use is not watched by the pool: broken between two queries of a transaction, it would end the process.
  pool.on('connect', (client) => client.on('error', options.onError));
  const store = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  const { error } = await new Migrator({
    db: store,
    provider: { getMigrations: async () => migrations },
  }).migrateToLatest();
  if (error) {
    await store.destroy();
    throw new AppError(
      'unavailable',
      `PostgreSQL could not be brought to this version's tables: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
        hint: 'Check ASSAY_DATABASE_URL and that its role may create tables.',
      },
    );
  }
  return { store, pool };
}
