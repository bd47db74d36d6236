import type { RebuildRequest, RebuildResult } from '#schemas/rebuild.ts';
import { AppError } from '#core/errors/app-error.ts';
import type { RebuildFlags } from '../commands/rebuild.ts';
import { follow } from '../follow.ts';
import type { CliIo } from '../io.ts';
import type { Progress } from '../progress/progress.ts';
import { suppliedRequest } from '../recipe/supplied-request.ts';
import type { OpenService } from '../service/open-service.ts';
import { followAndReport } from './follow-and-report.ts';

/** @throws AppError `usage`, and what the service answers */
export async function runRebuild(
  io: CliIo,
  artifact: string | undefined,
  flags: RebuildFlags,
): Promise<void> {
  checkUsage(artifact, flags);
  const kept = flags.recipe !== undefined && artifact !== undefined ? { local: artifact } : {};
  await followAndReport(io, flags, kept, async (service, progress) => {
    const request = await requestOf(io, service, progress, artifact, flags);
    const submitted = await service.client.submit(request);
    return followOrCancel(io, service, progress, submitted, flags.timeout);
  });
}

function checkUsage(artifact: string | undefined, flags: RebuildFlags): void {
  const usage = (message: string): never => {
    throw new AppError('usage', message, { hint: 'assay rebuild --help' });
  };
  if (flags.replay !== undefined && (artifact !== undefined || flags.recipe !== undefined)) {
    usage('--replay stands alone: the record says what to rebuild');
  }
  if (flags.replay === undefined && artifact === undefined)
    usage('say what to rebuild: a package URL, or a file with --recipe');
  if (flags.recipe === undefined && artifact !== undefined && !artifact.startsWith('pkg:')) {
    usage('an artifact is named by its package URL (pkg:…); a file needs --recipe');
  }
}

async function requestOf(
  io: CliIo,
  service: OpenService,
  progress: Progress,
  artifact: string | undefined,
  flags: RebuildFlags,
): Promise<RebuildRequest> {
  if (flags.replay !== undefined) return { kind: 'replay', of: flags.replay };
  if (flags.recipe !== undefined && artifact !== undefined) {
    progress.step('packing and sending the source');
    return suppliedRequest(io, service.client, { recipe: flags.recipe, artifact });
  }
  return { kind: 'purl', purl: artifact ?? '', ...(flags.file !== undefined && { file: flags.file }) };
}

/** What we interrupt in a service of our own would go on at its next start: it is cancelled instead. */
async function followOrCancel(
  io: CliIo,
  service: OpenService,
  progress: Progress,
  submitted: RebuildResult,
  timeoutMs: number,
): Promise<RebuildResult> {
  const { id } = submitted.rebuild;
  try {
    return await follow(io, service.client, progress, id, timeoutMs);
  } catch (error) {
    if (!service.own) {
      if (io.signal.aborted)
        io.stderr.write(`assay: the rebuild goes on; to wait for it: assay wait ${id}\n`);
      throw error;
    }
    await service.cancelQuietly(id);
    throw error;
  }
}
