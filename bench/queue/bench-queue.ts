import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobKind } from '#schemas/jobs.ts';
import type { JobHandler } from '#workers/runtime/control-client.ts';
import { ControlHttp } from '#workers/runtime/control-http.ts';
import { runJob } from '#workers/runtime/run-job.ts';
import { startBenchApi, type BenchApi } from '../bench-api.ts';
import { interleave } from '../pairs.ts';
import {
  attested,
  built,
  compared,
  resolved,
  sampleArtifact,
  sampleRecipe,
  sha256Of,
  sourceText,
} from '../sample-reports.ts';
import type { Recipe } from '#schemas/recipe.ts';
import type { Row } from '../table.ts';
import { startBareJobs } from './bare-jobs.ts';

const pairsCount = 7;
/** In one measurement. */
const rebuilds = 60;
/** Of each of the four kinds of work, and of the submitter. */
const concurrency = 4;

/** Whole empty rebuilds (four jobs each) against four bare BullMQ jobs each, on the same backend. */
export async function benchQueue(): Promise<Row[]> {
  const api = await startBenchApi();
  const ours = await startEmptyWorkers(api);
  const bare = await startBareJobs(api.queueUrl, concurrency);
  try {
    console.log(
      `${rebuilds} rebuilds of four jobs, ${pairsCount} times, ${concurrency} at once of each kind`,
    );
    let run = 0;
    const measureOurs = () => rateOf(() => ours.carry(rebuilds, (run += 1)));
    const measureBare = () => rateOf(() => bare.carry(rebuilds));
    await interleave(1, measureOurs, measureBare);
    const pairs = await interleave(pairsCount, measureOurs, measureBare);
    return [{ name: 'empty rebuilds', unit: 'per s', pairs }];
  } finally {
    await bare.close();
    await api.close();
  }
}

async function rateOf(carry: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await carry();
  return rebuilds / ((performance.now() - start) / 1000);
}

/** The four workers, each with the real loop over HTTP and a handler that reports at once. */
async function startEmptyWorkers(
  api: BenchApi,
): Promise<{ carry(count: number, run: number): Promise<void> }> {
  const jobsFolder = join(api.folder, 'jobs');
  await mkdir(jobsFolder);
  for (const text of ['artifact', sourceText]) await upload(api, text);
  let ended = (): void => undefined;
  const worker = (kind: JobKind) => ({
    control: new ControlHttp(api.url, api.secrets.workers[kind]),
    name: `bench-${kind}`,
    jobsFolder,
    log: api.deps.log,
    signal: new AbortController().signal,
  });
  const work = async <K extends JobKind>(kind: K, handler: JobHandler<K>, then?: () => void) => {
    const runner = worker(kind);
    await api.queue.work(
      kind,
      async ({ jobId }) => {
        await runJob(runner, kind, handler, jobId);
        then?.();
      },
      { concurrency },
    );
  };
  await work('resolve', async ({ input }) => {
    if (input.kind !== 'supplied') throw new Error('only supplied recipes are asked for here');
    return resolved(input.artifact, input.recipe);
  });
  await work('rebuild', async () => built('output'));
  await work('compare', async ({ input }) => compared(input.artifact, 'output'));
  // A rebuild has ended when its attester's report is accepted.
  await work(
    'attest',
    async () => attested(sampleArtifact),
    () => ended(),
  );
  return {
    carry: async (count, run) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      let left = count;
      ended = () => {
        left -= 1;
        if (left === 0) resolve();
      };
      const submitter = async (first: number): Promise<void> => {
        for (let index = first; index < count; index += concurrency) await submit(api, `${run}.${index}`);
      };
      await Promise.all(Array.from({ length: concurrency }, (_, first) => submitter(first)));
      await promise;
    },
  };
}

async function upload({ url, secrets }: BenchApi, text: string): Promise<void> {
  await send(`${url}/v1/uploads/sha256:${sha256Of(text)}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${secrets.admin}`, 'content-type': 'application/octet-stream' },
    body: text,
  });
}

/** Each asks for something else, else it would be given the open rebuild of the one before. */
async function submit({ url, secrets }: BenchApi, name: string): Promise<void> {
  const recipe: Recipe = { ...sampleRecipe, by: 'supplied', variables: { NAME: name } };
  const { file, digest } = sampleArtifact;
  await send(`${url}/v1/rebuilds`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secrets.admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'supplied', artifact: { file, digest }, recipe }),
  });
}

/** @throws Error for an answer that is not a success */
async function send(url: string, request: RequestInit): Promise<void> {
  const response = await fetch(url, request);
  const body = await response.text();
  if (!response.ok) throw new Error(`the api answered ${response.status}: ${body}`);
}
