import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliIo } from '../io.ts';
import { comparisonFormats, formatOption, outputOption, type Format, type Output } from '../output.ts';

export interface CheckFlags {
  readonly recipe: string;
  readonly vary?: boolean;
  readonly thorough?: boolean;
  readonly builds: number;
  readonly format: Format;
  readonly output: readonly Output[];
  readonly accept?: 'equivalent';
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly quiet?: boolean;
}

export function registerCheck(program: Command, io: CliIo): void {
  program
    .command('check')
    .summary(
      'before a release: build by a recipe, under other conditions too, and say what makes builds differ',
    )
    .description(
      'Builds by a recipe in a sandbox on this machine, with no service and no key, and compares with the candidate.\n' +
        'With --vary it builds under other conditions too (user, host, paths, time, locale, …) and, where the bytes\n' +
        'differ, varies one thing at a time until the cause of each difference is proven and its fix was tried.\n\n' +
        '  assay check ./dist/thing.tar.gz --recipe assay.yaml\n' +
        '  assay check --recipe assay.yaml --vary\n\n' +
        'A recipe that names a registry is served by it as of that moment, through a gateway; builds reach nothing else.\n\n' +
        'Exits 0 where all are the same, 1 where not or where the build fails, 3 where nothing was established.\n' +
        'With --accept equivalent it exits 0 too where files differ only in what named passes set aside.',
    )
    .argument('[candidate]', 'the file that is about to be released')
    .requiredOption('--recipe <file>', 'how it is built (assay.yaml)')
    .option('--vary', 'build under other conditions too')
    .option(
      '--thorough',
      'with --vary: where two builds are the same, six more that show what one variation hides',
    )
    .addOption(
      new Option('--builds <number>', 'make at most so many builds').argParser(parseBuilds).default(60),
    )
    .addOption(formatOption(comparisonFormats))
    .addOption(outputOption())
    .addOption(new Option('--accept <result>', 'exit 0 for this result too').choices(['equivalent']))
    .option('--all', 'fold nothing')
    .option('--yes', 'install missing system packages without asking')
    .option('--quiet', 'no progress on stderr')
    .action(async (candidate: string | undefined, flags: CheckFlags) => {
      const { check } = await import('../actions/check.ts');
      await check(io, candidate, flags);
    });
}

function parseBuilds(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('a number of builds is from 1 to 999');
}
