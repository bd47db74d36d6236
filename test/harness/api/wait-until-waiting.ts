import { setImmediate } from 'node:timers/promises';
import type { ApiServer } from './api-server.ts';

/** Returns once `count` requests wait for changes; the test's own time-out bounds it. */
export async function waitUntilWaiting(api: ApiServer, count = 1): Promise<void> {
  while (api.plane.rebuildStates.waiting() !== count) await setImmediate();
}
