import { readEvents } from '#cli/client/events.ts';
import type { RebuildResult } from '#schemas/rebuild.ts';
import { spread } from '../pairs.ts';

/** Seconds of one rebuild, by what they went to, in order. */
export type Stages = ReadonlyMap<string, number>;

/** Where the time of a rebuild went: each stage from when it was queued to its end, and what is left for the command. */
export async function stagesOf(url: string, result: RebuildResult, seconds: number): Promise<Stages> {
  const stages = new Map<string, number>();
  let queuedAt = 0;
  let accounted = 0;
  const stop = new AbortController();
  const stream = () => fetch(`${url}/v1/rebuilds/${result.rebuild.id}/events`, { signal: stop.signal });
  for await (const { type, stage, state, at } of readEvents(stream, stop.signal)) {
    if (type === 'verdict') break;
    if (type !== 'stage' || stage === undefined) continue;
    if (state === 'queued') queuedAt = Date.parse(at);
    if (state !== 'ended') continue;
    const took = (Date.parse(at) - queuedAt) / 1000;
    const name = stages.has(stage) ? `${stage} again` : stage;
    stages.set(name, took);
    accounted += took;
  }
  stop.abort();
  return stages.set('command and the rest', seconds - accounted);
}

/** The middle of each stage over all runs, as one line. */
export function showStages(runs: readonly Stages[]): string {
  const names = [...(runs[0]?.keys() ?? [])];
  return names
    .map((name) => {
      const { median } = spread(runs.map((run) => run.get(name) ?? 0));
      return `${name} ${median.toFixed(2)} s`;
    })
    .join(', ');
}
