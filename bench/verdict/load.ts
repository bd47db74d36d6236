import autocannon from 'autocannon';

/** The load, in a process of its own: told over IPC what to ask, it answers what it got. */
export interface LoadOrder {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Errors, time-outs and answers that are not 2xx. */
  readonly failed: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
}

process.on('message', (order: LoadOrder) => void answer(order));
// It ends with whoever started it.
process.once('disconnect', () => process.exit(0));

async function answer({ url, connections, seconds }: LoadOrder): Promise<void> {
  const result = await autocannon({ url, connections, duration: seconds, sampleInt: 250 });
  const answered: LoadResult = {
    requests: result.requests.total,
    seconds: result.duration,
    failed: result.errors + result.timeouts + result.non2xx,
    latencyMs: { p50: result.latency.p50, p99: result.latency.p99 },
  };
  process.send?.(answered);
}
