import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearStaleServer } from '#services/postgres/cluster.ts';
import { startPostgres, type RunningPostgres } from '#services/postgres/start-postgres.ts';
import type { TestServer } from './test-server.ts';

export interface TestPostgres extends TestServer {
  /** For `assay_api` on database `assay`. */
  readonly url: string;
  /** For `assay_queue` on database `assay`. */
  readonly queueUrl: string;
  urlOf: RunningPostgres['url'];
}

/** The embedded PostgreSQL as in production, but for fsync. Ready in about a second. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const dataDir = await realpath(await mkdtemp(join(tmpdir(), 'assay-postgres-')));
  // Each commit is still written before it is answered: restart() kills the server with -9 and must lose none.
  const settings = { fsync: 'off', full_page_writes: 'off' };
  let server = await startPostgres({ dataDir, settings });
  return {
    url: server.url('assay_api'),
    queueUrl: server.url('assay_queue'),
    urlOf: (role, database) => server.url(role, database),
    restart: async (whileDown) => {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
      // The sessions of a killed server go on for an instant.
      await clearStaleServer(join(dataDir, 'pgdata'), 10_000);
      try {
        await whileDown?.();
      } finally {
        server = await startPostgres({ dataDir, settings, port: server.port });
      }
    },
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
