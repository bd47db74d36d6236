import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobKind } from '#schemas/jobs.ts';
import type { WorkerConfig } from '#services/config/worker.ts';
import { createLogger, type Logger } from '#services/log/logger.ts';
import { stopWithParent } from '#services/process/stop-with-parent.ts';
import { openQueue } from '#services/queue/open-queue.ts';
import type { JobHandler } from './control-client.ts';
import { ControlHttp } from './control-http.ts';
import { runJob } from './run-job.ts';

/**
 * Runs one kind of worker until it is told to stop. `start` makes its handler and first clears away what an earlier
 * process of the same name left; `folder` is the worker's own. Prints `{"ready":true}` on stdout when it takes jobs.
 */
export async function startWorker<K extends JobKind>(
  kind: K,
  config: WorkerConfig,
  start: (worker: { control: ControlHttp; log: Logger; folder: string }) => Promise<JobHandler<K>>,
): Promise<void> {
  const log = createLogger(kind, config.logLevel);
  const stop = new AbortController();
  const folder = join(config.workDir, config.workerName);
  const jobsFolder = join(folder, 'jobs');
  await rm(jobsFolder, { recursive: true, force: true });
  // What runs in a sandbox as another user passes through the rebuild worker's; nobody through another's.
  const mode = kind === 'rebuild' ? 0o711 : 0o700;
  for (const each of [folder, jobsFolder]) await mkdir(each, { recursive: true, mode });
  const control = new ControlHttp(config.apiUrl, config.workerToken);
  const handler = await start({ control, log, folder });
  const queue = await openQueue(config.queueUrl, {
    onError: (error) => log.debug({ err: error }, 'the queue is away'),
  });
  const worker = { control, name: config.workerName, jobsFolder, log, signal: stop.signal };
  const consumer = await queue.work(kind, (message) => runJob(worker, kind, handler, message.jobId), {
    concurrency: config.concurrency,
  });

  const end = async (): Promise<void> => {
    if (stop.signal.aborted) return;
    stop.abort();
    await consumer.close();
    await queue.close();
    process.exit(0);
  };
  stopWithParent(config.parentPipe, () => void end());
  process.stdout.write('{"ready":true}\n');
}
