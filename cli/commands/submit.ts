import type { Command } from 'commander';
import { AppError } from '#core/errors/app-error.ts';
import type { CliIo } from '../io.ts';
import { formatOption, outputOption, writeReports, type Format, type Output } from '../output.ts';
import { suppliedRequest } from '../recipe/supplied-request.ts';
import { rebuildReports } from '../reports/rebuild-reports.ts';
import { addServiceOptions, type ServiceFlags } from '../service-options.ts';
import { joinService } from '../service/open-service.ts';

interface SubmitFlags extends ServiceFlags {
  readonly file?: string;
  readonly recipe?: string;
  readonly format: Format;
  readonly output: readonly Output[];
}

export function registerSubmit(program: Command, io: CliIo): void {
  const command = program
    .command('submit')
    .summary('ask a running service for a rebuild, without waiting')
    .description(
      'Asks a running service for a rebuild and prints its id. `assay wait <id>` gives the verdict.',
    )
    .argument('<artifact>', 'a package URL; with --recipe, the published file')
    .option('--file <name>', 'which file of the package')
    .option('--recipe <file>', 'rebuild by this recipe (assay.yaml)')
    .addOption(formatOption())
    .addOption(outputOption());
  addServiceOptions(command).action(async (artifact: string, flags: SubmitFlags) => {
    if (flags.recipe === undefined && !artifact.startsWith('pkg:')) {
      throw new AppError('usage', 'an artifact is named by its package URL (pkg:…); a file needs --recipe');
    }
    const service = await joinService(io, flags);
    try {
      const submitted = await service.client.submit(
        flags.recipe === undefined
          ? { kind: 'purl', purl: artifact, ...(flags.file !== undefined && { file: flags.file }) }
          : await suppliedRequest(io, service.client, { recipe: flags.recipe, artifact }),
      );
      const reports = rebuildReports(submitted, {});
      await writeReports(io, flags, { ...reports, table: () => `${submitted.rebuild.id}\n` });
    } finally {
      await service.close();
    }
  });
}
