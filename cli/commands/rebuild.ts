import { type Command, Option } from 'commander';
import type { CliIo } from '../io.ts';
import { formatOption, outputOption, type Format, type Output } from '../output.ts';
import { addServiceOptions, parseSeconds, type ServiceFlags } from '../service-options.ts';

export interface ReportFlags {
  readonly format: Format;
  readonly output: readonly Output[];
  readonly accept?: 'equivalent';
  readonly outputDir?: string;
  readonly timeout: number;
}

export interface RebuildFlags extends ServiceFlags, ReportFlags {
  readonly file?: string;
  readonly recipe?: string;
  readonly replay?: string;
}

/** Options that say what is shown of a result and where; shared with `wait`. */
export function addReportOptions(command: Command): Command {
  return command
    .addOption(formatOption())
    .addOption(outputOption())
    .addOption(new Option('--accept <verdict>', 'exit 0 for this verdict too').choices(['equivalent']))
    .option('--output-dir <folder>', 'where bundles and the public key go (default: the XDG state folder)')
    .addOption(
      new Option('--timeout <seconds>', 'give up waiting after this time')
        .argParser(parseSeconds)
        .default(3600_000, '3600'),
    );
}

export function registerRebuild(program: Command, io: CliIo): void {
  const command = program
    .command('rebuild')
    .summary('rebuild a published artifact from its source and compare every byte')
    .description(
      'Rebuilds a published artifact from its source in isolation, compares every byte and signs what was found.\n\n' +
        '  assay rebuild pkg:pypi/idna@3.20\n' +
        '  assay rebuild --recipe assay.yaml ./dist/thing.tar.gz\n' +
        '  assay rebuild --replay <id>',
    )
    .argument('[artifact]', 'a package URL; with --recipe, the published file')
    .option('--file <name>', 'which file of the package')
    .option('--recipe <file>', 'rebuild by this recipe (assay.yaml)')
    .option('--replay <id>', 'make a finished rebuild again from its record, with no network');
  addReportOptions(addServiceOptions(command)).action(
    async (artifact: string | undefined, flags: RebuildFlags) => {
      const { runRebuild } = await import('../actions/rebuild.ts');
      await runRebuild(io, artifact, flags);
    },
  );
}
