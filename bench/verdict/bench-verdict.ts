import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Pool } from 'pg';
import { startBenchApi, type BenchApi } from '../bench-api.ts';
import { interleave } from '../pairs.ts';
import { reportOf, sampleArtifact, sampleRecipe } from '../sample-reports.ts';
import type { Row } from '../table.ts';
import { observeLookup, serveBareRoute } from './bare-route.ts';
import type { LoadOrder, LoadResult } from './load.ts';

const pairsCount = 25;
const seconds = 1;
const connections = 16;

interface Measured {
  readonly rate: number;
  /** Time of this process's threads for one request, in µs: what else the machine does is not in it. */
  readonly cpu: number;
  readonly p99: number;
}

/** A verdict by digest, against a bare Hono route that does the same SELECT of the same database. */
export async function benchVerdict(): Promise<Row[]> {
  const api = await startBenchApi();
  const { connectionString, max, types } = api.pool.options;
  const pool = new Pool({ connectionString, max, types });
  const { sha256 } = sampleArtifact.digest;
  await finishOne(api);
  const bare = await serveBareRoute(pool, await observeLookup(api.deps, api.pool, sha256));
  const load = fork(fileURLToPath(new URL('load.ts', import.meta.url)));
  try {
    const [ours, reference] = [api.url, bare.url].map((url) => `${url}/v1/verdicts/sha256:${sha256}`);
    if (ours === undefined || reference === undefined) throw new Error('there are two');
    const bytes = await sameBody(ours, reference);
    console.log(`${connections} connections, ${pairsCount} × ${seconds} s each, answers of ${bytes} bytes`);
    // Both are compiled before they are measured.
    await interleave(
      1,
      () => measure(load, ours),
      () => measure(load, reference),
    );
    const pairs = await interleave(
      pairsCount,
      () => measure(load, ours),
      () => measure(load, reference),
    );
    const row = (name: string, unit: string, key: keyof Measured, aim?: string): Row => ({
      name,
      unit,
      pairs: pairs.map((pair) => ({ ours: pair.ours[key], reference: pair.reference[key] })),
      ...(aim === undefined ? {} : { aim }),
    });
    return [
      row('verdict by digest', 'requests/s', 'rate', '≥ 0.8'),
      row('server time of one', 'µs', 'cpu'),
      row('99th percentile', 'ms', 'p99'),
    ];
  } finally {
    load.disconnect();
    await bare.close();
    await pool.end();
    await api.close();
  }
}

/** Carries one rebuild to its end through the control plane. */
async function finishOne({ plane, deps }: BenchApi): Promise<void> {
  const caller = { subject: 'token:bench', scope: 'submitter' } as const;
  const { rebuild } = await plane.submit(caller, { kind: 'purl', purl: sampleArtifact.purl ?? '' });
  for (;;) {
    const job = await deps.store
      .selectFrom('jobs')
      .select(['id', 'kind'])
      .where('rebuild_id', '=', rebuild.id)
      .where('status', '=', 'queued')
      .executeTakeFirst();
    if (job === undefined) return;
    const scope = `worker:${job.kind}` as const;
    const lease = await plane.claim({ subject: scope, scope }, job.id, 'bench');
    const report = reportOf(job.kind, lease.input, sampleArtifact, sampleRecipe, 'output');
    await plane.report(lease.jobId, lease.token, report);
  }
}

/** @throws Error unless both answer the same document, byte for byte */
async function sameBody(ours: string, reference: string): Promise<number> {
  const [one, two] = await Promise.all([ours, reference].map(async (url) => (await fetch(url)).text()));
  if (one === undefined || one !== two) throw new Error(`the answers are not the same:\n${one}\n${two}`);
  return Buffer.byteLength(one);
}

async function measure(load: ChildProcess, url: string): Promise<Measured> {
  const order: LoadOrder = { url, connections, seconds };
  const answered = once(load, 'message');
  const before = process.cpuUsage();
  load.send(order);
  const [result] = (await answered) as [LoadResult];
  const { user, system } = process.cpuUsage(before);
  if (result.failed > 0) throw new Error(`${result.failed} requests failed`);
  return {
    rate: result.requests / result.seconds,
    cpu: (user + system) / result.requests,
    p99: result.latencyMs.p99,
  };
}
