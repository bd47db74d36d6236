import type { CheckInput, CheckReport, TriedFix, VariationResult } from '#schemas/check.ts';
import type { RecipeChange } from '#schemas/recipe-change.ts';
import { printable } from '#core/text/printable.ts';
import type { ExitCode } from '../io.ts';

/** docs/check.md: 0 the same bytes, 1 other bytes or the build's own failure, 3 nothing was established. */
export function exitCodeOfCheck(report: CheckReport): ExitCode {
  if (report.result === 'not-established') return 3;
  return report.result === 'reproducible' ? 0 : 1;
}

/**
 * Whether what differs is accepted: builds ended well under all conditions, and no two files that were compared differ in
 * more than what named passes set aside.
 */
export function isAccepted(
  { result, bytes, failed = 0 }: CheckReport,
  accept: 'equivalent' | undefined,
): boolean {
  const differs = result === 'candidate-differs' || result === 'not-reproducible';
  return accept === 'equivalent' && bytes === 'equivalent' && differs && failed === 0;
}

export const acceptedSentence =
  'Accepted as equivalent, not identical: all that differs are bytes that named passes set aside.';

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

/** Inputs that not all builds were given. */
export function driftOf({ inputs = [] }: CheckReport): readonly CheckInput[] {
  return inputs.filter(({ only }) => only !== undefined);
}

/** What builds were given by the registry, in a sentence; undefined where the recipe asks none. */
export function inputsSentence(report: CheckReport): string | undefined {
  const { inputs } = report;
  if (inputs === undefined) return undefined;
  const drift = driftOf(report).length;
  const given = inputs.length === 1 ? '1 file' : `${inputs.length} files`;
  if (inputs.length === 0) return 'The registry gave no file to any build.';
  return drift === 0
    ? `From the registry: ${given}${report.builds > 1 ? ', the same for all builds' : ''}.`
    : `Dependency drift: ${drift} of ${given} from the registry went to some builds and not to others.`;
}

/** A file of the registry, safe on a terminal. */
export function inputWords({ file, digest, size, only }: CheckInput): string {
  const name = `${printable(file, 200)}  sha256:${digest.sha256 ?? ''}, ${size} bytes`;
  return only === undefined ? name : `${name}  only: ${printable(only.join('; '), 300)}`;
}
