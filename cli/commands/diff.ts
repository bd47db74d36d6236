import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliIo } from '../io.ts';
import { listMax, partsMax } from '../list-limits.ts';
import { comparisonFormats, formatOption, outputOption, type Format, type Output } from '../output.ts';
import { refusePassOption } from '../pass-options.ts';

export interface DiffFlags {
  readonly format: Format;
  readonly output: readonly Output[];
  readonly accept?: 'equivalent';
  readonly findings?: boolean;
  readonly refusePass?: readonly string[];
  readonly all?: boolean;
  readonly maxDifferences?: number;
  readonly with?: 'diffoscope';
  readonly withOutput?: string;
}

function parseListMax(text: string): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > listMax) throw new InvalidArgumentError(`it is a number from 1 to ${listMax}`);
  return value;
}

export function registerDiff(program: Command, io: CliIo): void {
  program
    .command('diff')
    .summary('compare two files member by member and say why they differ')
    .description(
      'Compares two files: every byte, in archives member by member, with the cause of each difference. Needs no service.\n\n' +
        'Exits 0 where they are identical, 1 where not, 2 where a file cannot be opened.',
    )
    .argument('<a>', 'the first file, such as what was published')
    .argument('<b>', 'the second file, such as what a rebuild made')
    .addOption(formatOption(comparisonFormats))
    .addOption(outputOption())
    .addOption(new Option('--accept <result>', 'exit 0 for this result too').choices(['equivalent']))
    .option('--findings', 'also of identical files: what in them could fool a reader')
    .addOption(refusePassOption('a pass that may set nothing aside, or all (repeatable)'))
    .option(
      '--all',
      `fold nothing, and list as much as can be: ${listMax} differences, ${partsMax} places each`,
    )
    .addOption(
      new Option(
        '--max-differences <n>',
        `differences that are listed (up to ${listMax}); all are counted`,
      ).argParser(parseListMax),
    )
    .addOption(
      new Option('--with <tool>', 'also ask this tool, below our own report').choices(['diffoscope']),
    )
    .option('--with-output <file>', 'what that tool says goes into a file')
    .action(async (a: string, b: string, flags: DiffFlags) => {
      const { runDiff } = await import('../actions/diff.ts');
      io.exitWith(await runDiff(io, a, b, flags));
    });
}
