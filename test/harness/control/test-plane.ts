import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ChangeFeed } from '#services/control/changes.ts';
import type { ControlPlane } from '#services/control/control-plane.ts';
import type { ControlDeps } from '#services/control/deps.ts';
import { createControlPlane } from '#services/control/plane.ts';
import { createLogger } from '#services/log/logger.ts';
import { openObjectStore } from '#services/objects/open-object-store.ts';
import { openStore, type Store } from '#services/store/store.ts';
import { startTestPostgres, type TestPostgres } from '#test/harness/servers/postgres.ts';

/** The real control plane over a PostgreSQL and a folder of objects of its own. */
export interface TestPlane {
  readonly postgres: TestPostgres;
  readonly store: Store;
  readonly deps: ControlDeps;
  readonly plane: ControlPlane;
  close(): Promise<void>;
}

export async function openTestPlane(
  now: () => Date,
  signGrant: ControlDeps['signGrant'] = async () => 'grant',
): Promise<TestPlane> {
  const postgres = await startTestPostgres();
  const folder = await mkdtemp(join(tmpdir(), 'assay-objects-'));
  const log = createLogger('test', 'silent');
  const { store } = await openStore(postgres.url, { connectionsMax: 10, onError: () => undefined });
  const changes = new ChangeFeed(postgres.url, log);
  await changes.start();
  const deps: ControlDeps = {
    store,
    objects: await openObjectStore(pathToFileURL(folder).href),
    log,
    now,
    signGrant,
    pokeDispatcher: () => undefined,
    facts: [],
    objectSizeMaxBytes: 1024 ** 2,
    quotaBytes: 1024 ** 3,
  };
  return {
    postgres,
    store,
    deps,
    plane: createControlPlane(deps, changes),
    close: async () => {
      await changes.close();
      await store.destroy();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
