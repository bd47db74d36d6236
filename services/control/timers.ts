import { sweepIncomplete, sweepRevoked } from './completion.ts';
import type { ControlDeps } from './deps.ts';
import type { createDispatcher } from './dispatcher.ts';
import { collectObjects } from './retention.ts';
import { sweep, sweepStranded } from './sweep.ts';

const sweepMs = 2000;
const strandedMs = 60_000;
const retentionMs = 3_600_000;

/** Starts what the control plane does by the clock. Each may run in several processes at once. Returns how to stop. */
export function startTimers(
  deps: ControlDeps,
  dispatcher: ReturnType<typeof createDispatcher>,
  options: { retentionDays: number },
): () => void {
  const timers = [
    every(sweepMs, async () => {
      await sweep(deps);
      dispatcher.poke();
    }),
    every(strandedMs, async () => {
      await sweepStranded(deps);
      await sweepRevoked(deps);
      await sweepIncomplete(deps);
      dispatcher.poke();
    }),
    every(retentionMs, () => collectObjects(deps, options.retentionDays)),
  ];
  function every(intervalMs: number, work: () => Promise<unknown>): NodeJS.Timeout {
    let running = false;
    return setInterval(() => {
      if (running) return;
      running = true;
      work()
        .catch((error: unknown) => deps.log.warn({ err: error }, 'a periodic task failed; it will run again'))
        .finally(() => {
          running = false;
        });
    }, intervalMs);
  }
  return () => timers.forEach((timer) => clearInterval(timer));
}
