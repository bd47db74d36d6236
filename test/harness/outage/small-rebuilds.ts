import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobKind } from '#schemas/jobs.ts';
import { createLogger } from '#services/log/logger.ts';
import { openQueue } from '#services/queue/open-queue.ts';
import { builtReport, sampleArtifact, sampleRecipe, sha256Of } from '#test/harness/samples.ts';
import type { JobHandler } from '#workers/runtime/control-client.ts';
import { ControlHttp } from '#workers/runtime/control-http.ts';
import { runJob } from '#workers/runtime/run-job.ts';

const concurrency = 8;

/** What a rebuild of `purl` is about and what it builds: a few bytes, other ones for each purl. */
export function bytesOf(purl: string): string {
  return `bytes of ${purl}`;
}

/**
 * Finds and rebuilds anything at once, as real workers over HTTP: what comes out has the same bytes as what was
 * published. Who signs is somebody else.
 */
export async function startSmallRebuilds(service: {
  readonly apiUrl: string;
  readonly queueUrl: string;
  readonly folder: string;
  readonly tokens: Readonly<Record<JobKind, string>>;
}): Promise<{ close(): Promise<void> }> {
  const queue = await openQueue(service.queueUrl, { onError: () => undefined });
  const jobsFolder = join(service.folder, 'small-rebuilds');
  await mkdir(jobsFolder, { recursive: true });
  const stop = new AbortController();
  const work = async <K extends JobKind>(kind: K, handler: JobHandler<K>) => {
    const worker = {
      control: new ControlHttp(service.apiUrl, service.tokens[kind]),
      name: `small-${kind}`,
      jobsFolder,
      log: createLogger('test', 'silent'),
      signal: stop.signal,
    };
    return queue.work(kind, ({ jobId }) => runJob(worker, kind, handler, jobId), { concurrency });
  };
  const consumers = [
    await work('resolve', async ({ input, uploadBytes }) => {
      if (input.kind === 'recheck') return { outcome: 'unchanged' };
      if (input.kind !== 'purl') throw new Error('only package URLs are asked for here');
      const bytes = bytesOf(input.purl);
      await uploadBytes(Buffer.from(bytes), sha256Of(bytes));
      const artifact = { ...sampleArtifact(bytes), purl: input.purl };
      const recipe = sampleRecipe({ notes: [input.purl] });
      return { outcome: 'resolved', artifact, source: recipe.source, recipes: [recipe] };
    }),
    await work('rebuild', async ({ input, uploadBytes }) => {
      const bytes = bytesOf(input.recipe.notes[0] ?? '');
      await uploadBytes(Buffer.from(bytes), sha256Of(bytes));
      return builtReport(bytes);
    }),
  ];
  return {
    close: async () => {
      stop.abort();
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await queue.close();
    },
  };
}
