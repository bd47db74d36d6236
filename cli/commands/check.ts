import { type Command, InvalidArgumentError, Option } from 'commander';
import { AppError } from '#core/errors/app-error.ts';
import type { CliIo } from '../io.ts';
import {
  comparisonFormats,
  formatOption,
  outputOption,
  writeReports,
  type Format,
  type Output,
} from '../output.ts';
import { version } from '../version.ts';

interface CheckFlags {
  readonly recipe: string;
  readonly vary?: boolean;
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
    .addOption(
      new Option('--builds <number>', 'make at most so many builds').argParser(parseBuilds).default(40),
    )
    .addOption(formatOption(comparisonFormats))
    .addOption(outputOption())
    .addOption(new Option('--accept <result>', 'exit 0 for this result too').choices(['equivalent']))
    .option('--all', 'fold nothing')
    .option('--yes', 'install missing system packages without asking')
    .option('--quiet', 'no progress on stderr')
    .action(async (candidate: string | undefined, flags: CheckFlags) => {
      if (candidate === undefined && flags.vary !== true)
        throw new AppError('usage', 'say what to compare with: a candidate, or --vary', {
          hint: 'assay check --help',
        });
      await check(io, candidate, flags);
    });
}

async function check(io: CliIo, candidate: string | undefined, flags: CheckFlags): Promise<void> {
  const { runCheck } = await import('../check/run-check.ts');
  const { createProgress } = await import('../progress/progress.ts');
  const progress = createProgress(io, { quiet: flags.quiet ?? false });
  const asked = {
    candidate,
    recipe: flags.recipe,
    vary: flags.vary ?? false,
    buildsMax: flags.builds,
    yes: flags.yes ?? false,
  };
  const report = await runCheck(io, progress, asked).finally(() => progress.close());
  const plain = io.stdout.isTTY !== true || (io.env['NO_COLOR'] ?? '') !== '';
  const { exitCodeOfCheck, isAccepted } = await import('../reports/check-words.ts');
  const { checkComparison } = await import('../reports/check-comparison.ts');
  const accepted = isAccepted(report, flags.accept);
  const { comparison, names } = checkComparison(report, candidate);
  const style = { colour: !plain && flags.output.length === 0, all: flags.all ?? false };
  await writeReports(io, flags, {
    table: async () =>
      (await import('../reports/check-table.ts')).checkTable(report, { candidate, accepted, ...style }),
    json: () => `${JSON.stringify(report, null, 2)}\n`,
    markdown: async () =>
      (await import('../reports/check-markdown.ts')).checkMarkdown(report, candidate, accepted),
    sarif: async () =>
      (await import('../reports/comparison-sarif.ts')).comparisonSarif(comparison, names, version),
    html: async () => (await import('../reports/comparison-html.ts')).comparisonHtml(comparison, names),
  });
  io.exitWith(accepted ? 0 : exitCodeOfCheck(report));
}

function parseBuilds(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('a number of builds is from 1 to 999');
}
