import { AppError } from '#core/errors/app-error.ts';
import { runCheck } from '../check/run-check.ts';
import type { CheckFlags } from '../commands/check.ts';
import type { CliIo } from '../io.ts';
import { writeReports } from '../output.ts';
import { createProgress } from '../progress/progress.ts';
import { version } from '../version.ts';

/** @throws AppError `usage`, and what runCheck throws */
export async function check(io: CliIo, candidate: string | undefined, flags: CheckFlags): Promise<void> {
  if (candidate === undefined && flags.vary !== true)
    throw new AppError('usage', 'say what to compare with: a candidate, or --vary', {
      hint: 'assay check --help',
    });
  if (flags.thorough === true && flags.vary !== true)
    throw new AppError('usage', '--thorough says how far --vary goes', { hint: 'add --vary' });
  const progress = createProgress(io, { quiet: flags.quiet ?? false });
  const asked = {
    candidate,
    recipe: flags.recipe,
    vary: flags.vary ?? false,
    thorough: flags.thorough ?? false,
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
