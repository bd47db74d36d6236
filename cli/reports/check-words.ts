import type { CheckReport, TriedFix, VariationResult } from '#schemas/check.ts';
import type { RecipeChange } from '#schemas/recipe-change.ts';
import { printable } from '#core/text/printable.ts';
import type { ExitCode } from '../io.ts';

/** docs/check.md: 0 the same bytes, 1 other bytes or the build's own failure, 3 nothing was established. */
export function exitCodeOfCheck(report: CheckReport): ExitCode {
  if (report.result === 'not-established') return 3;
  return report.result === 'reproducible' ? 0 : 1;
}

const titles = {
  reproducible: 'Reproducible',
  'candidate-differs': 'Other bytes',
  'not-reproducible': 'Not reproducible',
  'build-failed': 'Build failed',
  'not-established': 'Not established',
} as const;

/** The result as one plain sentence, safe on a terminal. */
export function checkSentence({ result, detail }: CheckReport): string {
  return `${titles[result]}: ${printable(detail, 1000)}`;
}

export const outcomeWords: Readonly<Record<VariationResult['outcome'], string>> = {
  same: 'the same',
  differs: 'differs',
  'build-failed': 'the build fails',
  declared: 'not varied',
  'not-possible': 'not possible',
  'not-tried': 'not tried',
};

/** A change as one would write it into assay.yaml or a step. */
export function changeWords(change: RecipeChange): string {
  switch (change.kind) {
    case 'clock':
      return `clock: { sourceDateEpoch: ${change.sourceDateEpoch ?? '<the date of the source, in seconds>'} }`;
    case 'variable':
      return `variables: { ${change.name}: ${JSON.stringify(printable(change.value, 300))} }`;
    case 'umask':
      return `umask ${change.value} (the first line of each step)`;
    case 'tool':
      return `${printable(change.name, 100)} ${printable(change.version, 100)}`;
    case 'build-path':
      return `build in ${printable(change.path, 300)}`;
    case 'step':
      return `a last step: ${printable(change.run, 1000)}`;
  }
}

export function fixWords({ change, outcome, detail }: TriedFix): string {
  const tried = {
    works: 'tried, it works',
    'does-not': 'tried, it does not',
    'build-failed': 'tried, the build fails',
    'not-tried': 'not tried',
  };
  return `${changeWords(change)}: ${tried[outcome]} (${printable(detail, 500)})`;
}
