import type { ContainerStats } from 'dockerode';
import { type Docker } from './engine.ts';

/** What a container uses now, as the engine measures it about once a second. */
export interface Usage {
  readonly cpuSeconds: number;
  /** Memory of processes, without files; null where the engine does not say. */
  readonly anonymousBytes: number | null;
  /** Processes and threads. */
  readonly processes: number;
}

/** Calls `onUsage` with each measurement until `signal` or the container's end. A lost engine shows itself elsewhere. */
export async function watchUsage(
  docker: Docker,
  container: string,
  onUsage: (usage: Usage) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    const stream = await docker.getContainer(container).stats({ stream: true });
    const stop = (): void =>
      void ('destroy' in stream && (stream as NodeJS.ReadableStream & { destroy(): void }).destroy());
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    let rest = '';
    for await (const chunk of stream) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines)
        if (line.trim() !== '') onUsage(readUsage(JSON.parse(line) as ContainerStats));
    }
  } catch {
    // The measuring ends with the container.
  }
}

/** cgroup v1 calls the memory of processes `total_rss`, v2 `anon`. */
export function readUsage(stats: ContainerStats): Usage {
  const memory = stats.memory_stats?.stats as Partial<Record<string, number>> | undefined;
  return {
    cpuSeconds: (stats.cpu_stats?.cpu_usage?.total_usage ?? 0) / 1e9,
    anonymousBytes: memory?.['anon'] ?? memory?.['total_rss'] ?? null,
    processes: stats.pids_stats?.current ?? 0,
  };
}
