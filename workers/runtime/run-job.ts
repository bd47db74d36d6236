import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { AppError, asAppError } from '#core/errors/app-error.ts';
import { jobCatalogue, type JobInput, type JobKind, type Lease } from '#schemas/jobs.ts';
import type { Logger } from '#services/log/logger.ts';
import type { JobContext, JobHandler } from './control-client.ts';
import type { ControlHttp } from './control-http.ts';
import { ProgressBatch } from './progress-batch.ts';

/** A lease is renewed this many times within its length, so that one lost heartbeat does not end it. */
const heartbeatsPerLease = 4;

/**
 * Does one job: claim, work, report. Ends well also where there was nothing to do. A failure of our own gives the job
 * back; a lost lease or a cancelled rebuild ends the work with no report.
 */
export async function runJob<K extends JobKind>(
  worker: { control: ControlHttp; name: string; jobsFolder: string; log: Logger; signal: AbortSignal },
  kind: K,
  handler: JobHandler<K>,
  jobId: string,
): Promise<void> {
  const lease = await worker.control.claim(jobId, worker.name);
  if (!lease) return;
  const log = worker.log.child({ jobId, rebuildId: lease.rebuildId, fence: lease.fence });
  const folder = join(worker.jobsFolder, `${jobId}-${lease.fence}`);
  const stop = new AbortController();
  const heart = keepAlive(worker.control, lease, stop, log);
  const progress = new ProgressBatch((events) => worker.control.progress(jobId, lease.token, events));
  try {
    await mkdir(folder, { recursive: true, mode: 0o711 });
    const signal = AbortSignal.any([stop.signal, worker.signal]);
    const report = await handler(contextOf(worker.control, lease, kind, folder, signal, progress));
    await progress.end();
    if (!signal.aborted)
      await worker.control.report(jobId, lease.token, jobCatalogue[kind].report.parse(report));
    else await giveBack(worker.control, lease, 'the worker was stopped');
    log.info({ outcome: report.outcome }, 'job done');
  } catch (error) {
    await progress.end();
    if (stop.signal.aborted) log.info('job left: its lease was lost or its rebuild cancelled');
    else {
      log.warn({ err: error }, 'job failed for a reason of our own');
      await giveBack(worker.control, lease, asAppError(error).message);
    }
  } finally {
    clearInterval(heart);
    await rm(folder, { recursive: true, force: true });
  }
}

function keepAlive(control: ControlHttp, lease: Lease, stop: AbortController, log: Logger): NodeJS.Timeout {
  const beat = async (): Promise<void> => {
    try {
      const { cancelled } = await control.heartbeat(lease.jobId, lease.token);
      if (cancelled) stop.abort(new AppError('interrupted', 'The rebuild was cancelled.'));
    } catch (error) {
      if (error instanceof AppError && error.code === 'stale-lease') stop.abort(error);
      else log.warn({ err: error }, 'heartbeat failed');
    }
  };
  return setInterval(() => void beat(), (lease.leaseSeconds * 1000) / heartbeatsPerLease);
}

/** A job that cannot be given back comes back by itself when its lease runs out. */
async function giveBack(control: ControlHttp, lease: Lease, detail: string): Promise<void> {
  await control.release(lease.jobId, lease.token, detail).catch(() => undefined);
}

function contextOf<K extends JobKind>(
  control: ControlHttp,
  lease: Lease,
  kind: K,
  folder: string,
  signal: AbortSignal,
  progress: ProgressBatch,
): JobContext<K> {
  const { jobId, rebuildId, fence, token } = lease;
  return {
    jobId,
    rebuildId,
    fence,
    input: jobCatalogue[kind].input.parse(lease.input) as JobInput<K>,
    signal,
    folder,
    progress: (event) => progress.add(event),
    download: (sha256, path) => control.download(jobId, token, sha256, path),
    upload: (path) => control.upload(jobId, token, path),
    uploadBytes: async (bytes, sha256) =>
      control.uploadBytes(jobId, token, bytes instanceof Uint8Array ? bytes : await buffer(bytes), sha256),
  };
}
