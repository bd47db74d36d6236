import type { Command } from 'commander';
import type { CliIo } from '../io.ts';
import { formatOption, outputOption, type Format, type Output } from '../output.ts';
import { addServiceOptions, type ServiceFlags } from '../service-options.ts';

export interface SubmitFlags extends ServiceFlags {
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
    const { submit } = await import('../actions/submit.ts');
    await submit(io, artifact, flags);
  });
}
