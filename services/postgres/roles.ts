import { Client } from 'pg';
import type { Passwords } from './passwords.ts';

/** The one database of Assay. */
export const assayDatabase = 'assay';

/**
 * Makes the database, the roles and their schemas; safe to run again. `assay_api` owns schema `assay` (its migrations
 * run there), `assay_queue` owns schema `bullmq`; neither can touch the other's, make a schema, or connect elsewhere.
 */
export async function ensureRoles(
  adminUrl: (database: string) => string,
  passwords: Passwords,
): Promise<void> {
  await withClient(adminUrl('postgres'), async (client) => {
    for (const role of ['assay_api', 'assay_queue'] as const) {
      const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
      await client.query(
        `${verb} ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${client.escapeLiteral(passwords[role])}`,
      );
    }
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [assayDatabase]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${assayDatabase}`);
    await client.query(`
      REVOKE ALL ON DATABASE ${assayDatabase}, postgres, template1 FROM PUBLIC;
      GRANT CONNECT, TEMPORARY ON DATABASE ${assayDatabase} TO assay_api, assay_queue`);
  });
  await withClient(adminUrl(assayDatabase), (client) =>
    client.query(`
      REVOKE ALL ON SCHEMA public FROM PUBLIC;
      CREATE SCHEMA IF NOT EXISTS assay AUTHORIZATION assay_api;
      CREATE SCHEMA IF NOT EXISTS bullmq AUTHORIZATION assay_queue;
      ALTER ROLE assay_api IN DATABASE ${assayDatabase} SET search_path = assay;
      ALTER ROLE assay_queue IN DATABASE ${assayDatabase} SET search_path = bullmq`),
  );
}

async function withClient<T>(connectionString: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 15_000 });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
