import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Pool } from 'pg';
import { createApp } from '#services/api/app.ts';
import { defaultLimits } from '#services/api/dependencies.ts';
import { listen } from '#services/api/listen.ts';
import { ChangeFeed } from '#services/control/changes.ts';
import type { ControlPlane } from '#services/control/control-plane.ts';
import type { ControlDeps } from '#services/control/deps.ts';
import { createDispatcher } from '#services/control/dispatcher.ts';
import { createControlPlane } from '#services/control/plane.ts';
import { machineTokens, makeSecrets, type Secrets } from '#services/embedded/secrets.ts';
import { signGrant } from '#services/gateway/grant.ts';
import { createAuthenticator } from '#services/identity/authenticator.ts';
import { MachineTokens } from '#services/identity/machine-tokens.ts';
import { createLogger } from '#services/log/logger.ts';
import { openObjectStore } from '#services/objects/open-object-store.ts';
import { startPostgres } from '#services/postgres/start-postgres.ts';
import { openQueue } from '#services/queue/open-queue.ts';
import type { Queue } from '#services/queue/queue.ts';
import { createIdempotencyTable } from '#services/store/idempotency-table.ts';
import { openStore } from '#services/store/store.ts';
import { createTokenTable } from '#services/store/token-table.ts';

/** As the api's own process has them. */
const connectionsMax = 20;
/** More than any load here; the limiter still counts each request. */
const perMinute = 10_000_000;

/** The api as services/api/main.ts makes it, in this process, over an embedded PostgreSQL as in production. */
export interface BenchApi {
  readonly url: string;
  readonly queueUrl: string;
  readonly secrets: Secrets;
  readonly deps: ControlDeps;
  readonly plane: ControlPlane;
  readonly pool: Pool;
  readonly queue: Queue;
  /** Scratch that is removed with it. */
  readonly folder: string;
  close(): Promise<void>;
}

export async function startBenchApi(): Promise<BenchApi> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  // PostgreSQL and the sandbox have users of their own, who pass through it.
  await chmod(folder, 0o711);
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  const databaseUrl = postgres.url('assay_api');
  const queueUrl = postgres.url('assay_queue');
  const log = createLogger('bench', 'warn');
  const secrets = makeSecrets();
  const { store, pool } = await openStore(databaseUrl, { connectionsMax, onError: () => undefined });
  const objects = await openObjectStore(pathToFileURL(join(folder, 'objects')).href);
  const queue = await openQueue(queueUrl);
  const dispatcher = createDispatcher({ store, queue, log });
  const changes = new ChangeFeed(databaseUrl, log);
  await changes.start();
  const key = Buffer.from(secrets.gatewayKey, 'base64url');
  const deps: ControlDeps = {
    store,
    objects,
    log,
    now: () => new Date(),
    signGrant: (grant, expiresAtSeconds) => signGrant(grant, key, expiresAtSeconds),
    pokeDispatcher: dispatcher.poke,
    facts: [],
    objectSizeMaxBytes: defaultLimits.objectBytesMax,
    quotaBytes: 1024 ** 3,
  };
  const plane = createControlPlane(deps, changes);
  const tokens = createTokenTable(store);
  const stopping = new AbortController();
  const app = createApp({
    plane,
    tokens,
    idempotency: createIdempotencyTable(store),
    authenticate: createAuthenticator({
      tokens,
      machineTokens: MachineTokens.parse(machineTokens(secrets)),
      issuers: [],
      now: Date.now,
    }),
    logger: log,
    limits: {
      ...defaultLimits,
      anonymousPerMinute: perMinute,
      callerPerMinute: perMinute,
      submitPerMinute: perMinute,
    },
    now: Date.now,
    randomBytes,
    randomUuid: randomUUID,
    stopping: stopping.signal,
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  return {
    url: server.url,
    queueUrl,
    secrets,
    deps,
    plane,
    pool,
    queue,
    folder,
    close: async () => {
      stopping.abort();
      await server.close(1000);
      await Promise.all([queue.close(), changes.close(), objects.close()]);
      await dispatcher.idle();
      await store.destroy();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
