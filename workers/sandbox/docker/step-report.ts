/** What the supervisor of a step wrote down at its end. The build runs as the same user: hostile text. */
export interface StepReport {
  readonly exitCode: number | null;
  /** Forks that the pids limit refused. */
  readonly refusedForks: number;
  /** Processes that the memory limit ended. */
  readonly memoryKills: number;
  /** CPU time of all the step's processes together; null where the cgroup does not say. */
  readonly cpuSeconds: number | null;
}

const nanosecondsPerSecond = 1e9;
const microsecondsPerSecond = 1e6;

/** Reads the report of `stepScript`; lines that it does not know are left out. Counters: cgroup v1 and v2 of the kernel's documentation. */
export function parseStepReport(text: string): StepReport {
  const exit = numberAfter(text, 'exit ');
  const usageNs =
    numberAfter(text, 'cpuacct/cpuacct.usage ') ??
    scaled(numberAfter(text, 'cpu.stat usage_usec '), nanosecondsPerSecond / microsecondsPerSecond);
  return {
    exitCode: exit !== null && exit <= 255 ? exit : null,
    refusedForks: numberAfter(text, 'pids/pids.events max ') ?? numberAfter(text, 'pids.events max ') ?? 0,
    memoryKills:
      numberAfter(text, 'memory/memory.oom_control oom_kill ') ??
      numberAfter(text, 'memory.events oom_kill ') ??
      0,
    cpuSeconds: scaled(usageNs, 1 / nanosecondsPerSecond),
  };
}

function numberAfter(text: string, prefix: string): number | null {
  const line = text.split('\n').find((candidate) => candidate.startsWith(prefix));
  const digits = line?.slice(prefix.length) ?? '';
  return /^\d{1,20}$/.test(digits) ? Number(digits) : null;
}

function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}
