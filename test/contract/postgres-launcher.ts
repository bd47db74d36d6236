/** A launcher to be killed, for test/contract/postgres.test.ts: starts the embedded PostgreSQL and tells its process id and URL. */
import { startPostgres } from '#services/postgres/start-postgres.ts';

const server = await startPostgres({ dataDir: process.argv[2] ?? '', settings: { fsync: 'off' } });
process.stdout.write(`${JSON.stringify({ pid: server.pid, url: server.url('assay_api') })}\n`);
await server.exited;
