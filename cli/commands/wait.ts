import type { Command } from 'commander';
import type { CliIo } from '../io.ts';
import { addServiceOptions, type ServiceFlags } from '../service-options.ts';
import { addReportOptions, type ReportFlags } from './rebuild.ts';

export interface WaitFlags extends ServiceFlags, ReportFlags {}

export function registerWait(program: Command, io: CliIo): void {
  const command = program
    .command('wait')
    .summary('wait for a rebuild that was submitted')
    .description('Waits for a rebuild and reports it as `rebuild` does, with the same exit codes.')
    .argument('<id>', 'the id that submit or rebuild gave');
  addReportOptions(addServiceOptions(command)).action(async (id: string, flags: WaitFlags) => {
    const { waitFor } = await import('../actions/wait.ts');
    await waitFor(io, id, flags);
  });
}
