import { setTimeout as delay } from 'node:timers/promises';
import {
  startPostgres,
  type RunningPostgres,
  type StartPostgresOptions,
} from '#services/postgres/start-postgres.ts';

export interface KeptPostgres {
  readonly server: RunningPostgres;
  pid(): number;
  stop(): Promise<void>;
}

/** Starts PostgreSQL and starts it again on the same port whenever it ends without being asked to. */
export async function keepPostgres(options: StartPostgresOptions): Promise<KeptPostgres> {
  const server = await startPostgres(options);
  let current = server;
  let stopping = false;
  const halt = new AbortController();
  const keep = async (): Promise<void> => {
    for (let waitMs = 200; ; waitMs = Math.min(waitMs * 2, 10_000)) {
      await current.exited;
      await delay(waitMs, undefined, { signal: halt.signal }).catch(() => undefined);
      if (stopping) return;
      try {
        current = await startPostgres({ ...options, port: server.port });
        waitMs = 100;
      } catch (error) {
        options.onLine?.(`PostgreSQL did not start again: ${String(error)}`);
      }
    }
  };
  const kept = keep();
  return {
    server,
    pid: () => current.pid,
    async stop() {
      stopping = true;
      halt.abort();
      await current.stop();
      await kept;
      // A start that was under way when we were asked to stop.
      await current.stop();
    },
  };
}
