import { join } from 'node:path';
import type { JobHandler } from '../runtime/control-client.ts';
import { compareInReader } from '../reader/compare-in-reader.ts';
import { ReaderFailure, type ReaderRun } from '../reader/run-reader.ts';

/**
 * The work of workers/compare: fetches the artifact and an attempt's output, has a fresh reader compare them, reports.
 * A reader that fails says nothing of either file: that is `inconclusive`, and ours.
 */
export function createCompareHandler(run: Omit<ReaderRun, 'signal'> = {}): JobHandler<'compare'> {
  return async (job) => {
    const artifact = join(job.folder, 'artifact');
    const output = join(job.folder, 'output');
    await job.download(job.input.artifact.digest.sha256, artifact);
    await job.download(job.input.output.digest.sha256, output);
    try {
      const { comparison, confinement } = await compareInReader(
        artifact,
        output,
        { findings: 'always' },
        { ...run, signal: job.signal },
      );
      return { outcome: 'compared', comparison, reader: { confinement } };
    } catch (error) {
      if (!(error instanceof ReaderFailure)) throw error;
      return {
        outcome: 'not-established',
        verdict: 'inconclusive',
        reason: 'reader-failed',
        retryable: true,
        detail: error.message.slice(0, 4096),
      };
    }
  };
}
