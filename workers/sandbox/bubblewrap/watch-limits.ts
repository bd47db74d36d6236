import type { Limits } from '#schemas/recipe.ts';
import type { Cgroup } from '../cgroup/cgroup.ts';
import type { LimitReached } from '../limit.ts';
import { cpuLimit, memoryLimit, processLimit, timeLimit } from '../limit.ts';

const pollMs = 100;

/** Watches an attempt's time and its cgroups. */
export interface LimitWatch {
  /** Looks once, now. */
  check(): Promise<LimitReached | undefined>;
  stop(): void;
}

/** Calls `onReached` once, for the first limit that is reached. */
export function watchLimits(
  limits: Limits,
  cgroup: Cgroup,
  onReached: (limit: LimitReached) => void,
): LimitWatch {
  let stopped = false;
  const check = async (): Promise<LimitReached | undefined> => {
    const usage = await cgroup.usage();
    if (usage.outOfMemoryKills > 0 || (usage.anonymousBytes ?? 0) > limits.memoryBytes)
      return memoryLimit(limits);
    if (usage.forksRefused > 0) return processLimit(limits);
    if ((usage.cpuSeconds ?? 0) > limits.cpuSeconds) return cpuLimit(limits);
    return undefined;
  };
  const deadline = setTimeout(() => reached(timeLimit(limits)), limits.timeSeconds * 1000);
  let poll = setTimeout(turn, pollMs);
  function stop(): void {
    stopped = true;
    clearTimeout(deadline);
    clearTimeout(poll);
  }
  function reached(limit: LimitReached): void {
    if (stopped) return;
    stop();
    onReached(limit);
  }
  async function turn(): Promise<void> {
    const limit = await check();
    if (limit !== undefined) reached(limit);
    else if (!stopped) poll = setTimeout(turn, pollMs);
  }
  return { check, stop };
}
