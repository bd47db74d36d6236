import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ApiConfig } from '#services/config/api.ts';
import { readConfig } from '#services/config/read.ts';
import { ChangeFeed } from '#services/control/changes.ts';
import { deploymentFacts } from '#services/control/deployment-facts.ts';
import type { ControlDeps } from '#services/control/deps.ts';
import { createDispatcher } from '#services/control/dispatcher.ts';
import { createControlPlane } from '#services/control/plane.ts';
import { startTimers } from '#services/control/timers.ts';
import { signGrant } from '#services/gateway/grant.ts';
import { createAuthenticator } from '#services/identity/authenticator.ts';
import { OidcFile } from '#services/identity/oidc/issuers.ts';
import { createLogger } from '#services/log/logger.ts';
import { openObjectStore } from '#services/objects/open-object-store.ts';
import { runMain } from '#services/process/run-main.ts';
import { stopWithParent } from '#services/process/stop-with-parent.ts';
import { openQueue } from '#services/queue/open-queue.ts';
import { createIdempotencyTable } from '#services/store/idempotency-table.ts';
import { openStore } from '#services/store/store.ts';
import { createTokenTable } from '#services/store/token-table.ts';
import { createApp } from './app.ts';
import { defaultLimits } from './dependencies.ts';
import { listen } from './listen.ts';
import { readSigstoreRoot } from './keys/read-sigstore-root.ts';

const connectionsMax = 20;

async function main(): Promise<void> {
  const config = readConfig(ApiConfig, process.env);
  const log = createLogger('api', config.logLevel);
  const stopping = new AbortController();
  const { store } = await openStore(config.databaseUrl, {
    connectionsMax,
    onError: (error) => log.warn({ err: error }, 'a connection to PostgreSQL broke'),
  });
  const objects = await openObjectStore(config.objectsUrl, process.env);
  const queue = await openQueue(config.queueUrl, {
    onError: (error) => log.debug({ err: error }, 'the queue is away'),
  });
  const dispatcher = createDispatcher({ store, queue, log });
  const changes = new ChangeFeed(config.databaseUrl, log);
  await changes.start();
  const deps: ControlDeps = {
    store,
    objects,
    log,
    now: () => new Date(),
    signGrant: (grant, expiresAtSeconds) => signGrant(grant, config.gatewayKey, expiresAtSeconds),
    pokeDispatcher: dispatcher.poke,
    facts: deploymentFacts(config.place),
    objectSizeMaxBytes: config.limits.objectBytesMax,
    quotaBytes: config.objectsQuotaBytes,
  };
  const tokens = createTokenTable(store);
  const issuers =
    config.oidcFile === undefined
      ? []
      : OidcFile.parse(JSON.parse(await readFile(config.oidcFile, 'utf8'))).issuers;
  const sigstoreRoot =
    config.trustedRootFile === undefined ? undefined : await readSigstoreRoot(config.trustedRootFile);
  const app = createApp({
    plane: createControlPlane(deps, changes),
    authenticate: createAuthenticator({
      tokens,
      machineTokens: config.machineTokens,
      issuers,
      now: Date.now,
    }),
    tokens,
    idempotency: createIdempotencyTable(store),
    logger: log,
    limits: { ...defaultLimits, ...config.limits },
    ...(sigstoreRoot === undefined ? {} : { sigstoreRoot }),
    now: Date.now,
    randomBytes,
    randomUuid: randomUUID,
    stopping: stopping.signal,
  });
  const stopTimers = startTimers(deps, dispatcher, { retentionDays: config.retentionDays });
  const server = await listen(app, config.listen);
  process.stdout.write(`${JSON.stringify({ listening: server.url })}\n`);

  const end = async (): Promise<void> => {
    stopping.abort();
    stopTimers();
    await server.close(1000);
    await Promise.all([queue.close(), changes.close(), objects.close()]);
    await store.destroy();
    process.exit(0);
  };
  stopWithParent(config.parentPipe, () => void end());
}

runMain('api', main);
