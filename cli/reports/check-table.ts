import type { CheckCause, CheckReport, VariationResult } from '#schemas/check.ts';
import { printable } from '#core/text/printable.ts';
import { comparisonTerminal } from './comparison-terminal.ts';
import { differenceWords, placeOf } from './comparison-words.ts';
import { checkSentence, fixWords, outcomeWords } from './check-words.ts';

const evidenceMax = 5;

function rows(results: readonly VariationResult[]): string[] {
  const width = Math.max(0, ...results.map(({ title }) => title.length));
  return results.map(({ title, how, outcome, detail }) => {
    const why = detail === undefined ? how : printable(detail, 300);
    return `  ${outcomeWords[outcome].padEnd(15)}  ${title.padEnd(width)}  ${why}`;
  });
}

function causeLines(
  { id, title, confidence, output, evidence, proof, remedy, fix }: CheckCause,
  all: boolean,
): string[] {
  const shown = all ? evidence : evidence.slice(0, evidenceMax);
  const more = evidence.length - shown.length;
  return [
    `  ${title} (${confidence}) [${id}]`,
    `    ${proof}`,
    ...shown.map(({ path, field, offset, a, b }) => {
      const words = differenceWords({ kind: 'metadata', path, field: field ?? 'content', a, b });
      const at = offset === undefined ? '' : ` (at byte ${offset})`;
      return `    ${printable(output, 200)}${path.length === 0 ? '' : ` › ${placeOf(path)}`}: ${words}${at}`;
    }),
    ...(more > 0 ? [`    … ${more} more places (--all shows them)`] : []),
    `    to fix it: ${remedy}`,
    ...(fix === undefined ? [] : [`    a change: ${fixWords(fix)}`]),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines];
}

/** For people: the result, what was varied, and each cause with its proof. */
export function checkTable(
  report: CheckReport,
  options: { readonly candidate: string | undefined; readonly colour: boolean; readonly all: boolean },
): string {
  const { candidate, ...style } = options;
  const names = { a: candidate ?? '', b: 'the build by the recipe' };
  return [
    checkSentence(report),
    ...report.outputs.map(
      ({ path, digest, size }) => `  ${printable(path, 200)}  sha256:${digest.sha256}, ${size} bytes`,
    ),
    `  ${report.builds} of at most ${report.buildsMax} builds, in ${printable(report.environment.sandbox, 80)}`,
    ...section(
      'why',
      report.causes.flatMap((cause) => causeLines(cause, options.all)),
    ),
    ...section('held fixed, because builds differ by themselves', rows(report.held)),
    ...section('varied', rows(report.varied)),
    ...section(
      'cut',
      report.cut.map((text) => `  ${printable(text, 300)}`),
    ),
    '',
    ...(report.candidate === undefined ? [] : [comparisonTerminal(report.candidate, { names, ...style })]),
  ].join('\n');
}
