import type { Command } from 'commander';
import { keepAttestations } from '../attestation-files.ts';
import { follow } from '../follow.ts';
import type { CliIo } from '../io.ts';
import { createProgress } from '../progress/progress.ts';
import { addServiceOptions, type ServiceFlags } from '../service-options.ts';
import { openService } from '../service/open-service.ts';
import { addReportOptions, report, type ReportFlags } from './rebuild.ts';

export function registerWait(program: Command, io: CliIo): void {
  const command = program
    .command('wait')
    .summary('wait for a rebuild that was submitted')
    .description('Waits for a rebuild and reports it as `rebuild` does, with the same exit codes.')
    .argument('<id>', 'the id that submit or rebuild gave');
  addReportOptions(addServiceOptions(command)).action(
    async (id: string, flags: ServiceFlags & ReportFlags & { timeout: number }) => {
      const progress = createProgress(io, { quiet: flags.quiet ?? false });
      try {
        const service = await openService(io, { ...flags, onProgress: (text) => progress.step(text) });
        try {
          const finished = await follow(io, service.client, progress, id, flags.timeout);
          const kept = await keepAttestations(io, service.client, finished, {
            ...(flags.outputDir !== undefined && { outputDir: flags.outputDir }),
          });
          progress.close();
          await report(io, kept?.result ?? finished, kept?.verifyCommand, flags);
        } finally {
          await service.close();
        }
      } finally {
        progress.close();
      }
    },
  );
}
