import type { CheckCause, CheckReport, VariationResult } from '#schemas/check.ts';
import { printable } from '#core/text/printable.ts';
import { comparisonTerminal } from './comparison-terminal.ts';
import { differenceWords, placeOf } from './comparison-words.ts';
import { wrapText } from './wrap-text.ts';
import {
  acceptedSentence,
  checkSentence,
  driftOf,
  fixWords,
  inputsSentence,
  inputWords,
  outcomeWords,
} from './check-words.ts';

const evidenceMax = 5;
const inputsMax = 10;
const columns = 78;

function rows(results: readonly VariationResult[]): string[] {
  const width = Math.max(0, ...results.map(({ title }) => title.length));
  return results.map(({ title, how, outcome, detail }) => {
    const why = detail === undefined ? how : printable(detail, 300);
    return `  ${outcomeWords[outcome].padEnd(15)}  ${title.padEnd(width)}  ${why}`;
  });
}

function wrapped(text: string): string[] {
  return wrapText(`    ${text}`, '      ', columns);
}

function causeLines(
  { id, title, confidence, output, evidence, proof, remedy, fix }: CheckCause,
  { all, several }: { readonly all: boolean; readonly several: boolean },
): string[] {
  const shown = all ? evidence : evidence.slice(0, evidenceMax);
  const more = evidence.length - shown.length;
  return [
    `  ${title} (${confidence}) [${id}]`,
    ...wrapped(proof),
    ...shown.map(({ path, field, offset, a, b }) => {
      const words = differenceWords({ kind: 'metadata', path, field: field ?? 'content', a, b });
      const at = offset === undefined ? '' : ` (at byte ${offset})`;
      // Of the only output its name is above.
      const within = path.length === 0 ? [] : [placeOf(path)];
      const parts = several || path.length === 0 ? [printable(output, 200), ...within] : within;
      return `    ${parts.join(' › ')}: ${words}${at}`;
    }),
    ...(more > 0 ? [`    … ${more} more places (--all shows them)`] : []),
    ...wrapped(`to fix it: ${remedy}`),
    ...(fix === undefined ? [] : [`    a change: ${fixWords(fix)}`]),
  ];
}

/** Those that only some builds were given come first. */
function inputLines(report: CheckReport, all: boolean): string[] {
  const { inputs = [] } = report;
  const drift = driftOf(report);
  const inOrder = [...drift, ...inputs.filter((input) => !drift.includes(input))];
  const shown = all ? inOrder : inOrder.slice(0, Math.max(inputsMax, drift.length));
  const more = inOrder.length - shown.length;
  return [
    ...shown.map((input) => `  ${inputWords(input)}`),
    ...(more > 0 ? [`  … ${more} more (--all shows them)`] : []),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines];
}

/** What was varied; nothing where nothing could be, because not even the first build ended well. */
function tried({ varied, outputs }: CheckReport): readonly VariationResult[] {
  return outputs.length === 0 && varied.every(({ outcome }) => outcome !== 'build-failed') ? [] : varied;
}

/** For people: the result, what was varied, and each cause with its proof. */
export function checkTable(
  report: CheckReport,
  options: {
    readonly candidate: string | undefined;
    readonly accepted: boolean;
    readonly colour: boolean;
    readonly all: boolean;
  },
): string {
  const { candidate, colour, all } = options;
  const several = report.outputs.length > 1;
  const names = { a: candidate ?? '', b: 'the build by the recipe' };
  return [
    checkSentence(report),
    ...(options.accepted ? [acceptedSentence] : []),
    ...report.outputs.map(
      ({ path, digest, size }) => `  ${printable(path, 200)}  sha256:${digest.sha256}, ${size} bytes`,
    ),
    `  ${report.builds} of at most ${report.buildsMax} builds, in ${printable(report.environment.sandbox, 80)}`,
    ...section(
      'why',
      report.causes.flatMap((cause) => causeLines(cause, { all: options.all, several })),
    ),
    ...section(
      'the end of the log',
      (report.log ?? []).map((line) => `  ${printable(line, 300)}`),
    ),
    ...section('held fixed, because builds differ by themselves', rows(report.held)),
    ...section(
      printable(inputsSentence(report) ?? '', 200).replace(/[.:]$/, ''),
      inputLines(report, options.all),
    ),
    ...section('varied', rows(tried(report))),
    ...section(
      'only where all of these are varied at once',
      (report.together ?? []).map(
        ({ title, outcome, detail }) =>
          `  ${outcomeWords[outcome].padEnd(15)}  ${printable([title, detail ?? ''].join('  ').trim(), 1200)}`,
      ),
    ),
    ...section(
      'cut',
      report.cut.map((text) => `  ${printable(text, 300)}`),
    ),
    '',
    ...(report.candidate === undefined ? [] : [comparisonTerminal(report.candidate, { names, colour, all })]),
  ].join('\n');
}
