import type { Command } from 'commander';
import type { CliIo } from '../io.ts';
import { shortFormatOption } from '../output.ts';

export function registerDoctor(program: Command, io: CliIo): void {
  program
    .command('doctor')
    .summary('what this host can do and what it lacks, each with its remedy')
    .description(
      'Looks at this host. Exits 0 when it can rebuild, 5 when something that is needed is missing.',
    )
    .addOption(shortFormatOption())
    .action(async (flags: { format: 'table' | 'json' }) => {
      const { doctor } = await import('../actions/doctor.ts');
      await doctor(io, flags);
    });
}
