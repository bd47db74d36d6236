import { AppError } from '#core/errors/app-error.ts';
import type { SubmitFlags } from '../commands/submit.ts';
import type { CliIo } from '../io.ts';
import { writeReports } from '../output.ts';
import { suppliedRequest } from '../recipe/supplied-request.ts';
import { rebuildReports } from '../reports/rebuild-reports.ts';
import { withService } from '../service/open-service.ts';

/** @throws AppError `usage`, and what the service answers */
export async function submit(io: CliIo, artifact: string, flags: SubmitFlags): Promise<void> {
  const { file, recipe } = flags;
  if (recipe === undefined && !artifact.startsWith('pkg:')) {
    throw new AppError('usage', 'an artifact is named by its package URL (pkg:…); a file needs --recipe');
  }
  const submitted = await withService(io, flags, async ({ client }) =>
    client.submit(
      recipe === undefined
        ? { kind: 'purl', purl: artifact, ...(file !== undefined && { file }) }
        : await suppliedRequest(io, client, { recipe, artifact }),
    ),
  );
  const reports = rebuildReports(submitted, {});
  await writeReports(io, flags, { ...reports, table: () => `${submitted.rebuild.id}\n` });
}
