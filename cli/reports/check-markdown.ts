import type { CheckReport, VariationResult } from '#schemas/check.ts';
import { printable } from '#core/text/printable.ts';
import { checkComparison } from './check-comparison.ts';
import {
  acceptedSentence,
  checkSentence,
  driftOf,
  inputsSentence,
  inputWords,
  outcomeWords,
} from './check-words.ts';
import { comparisonMarkdown } from './comparison-markdown.ts';
import { codeSpan } from './markdown-text.ts';

/** A comment is short; the table and the JSON have all. */
const listMax = 10;

function table(title: string, results: readonly VariationResult[]): string[] {
  if (results.length === 0) return [];
  return [
    '',
    `| ${title} | | |`,
    '|---|---|---|',
    ...results.map(
      ({ title: what, how, outcome, detail }) =>
        `| ${what} | ${outcomeWords[outcome]} | ${codeSpan(printable(detail ?? how, 300))} |`,
    ),
  ];
}

function inputLines(report: CheckReport): string[] {
  const sentence = inputsSentence(report);
  if (sentence === undefined) return [];
  const drift = driftOf(report).map((input) => `- ${codeSpan(inputWords(input))}`);
  return [codeSpan(sentence), ...(drift.length === 0 ? [] : [drift.slice(0, listMax).join('\n')])];
}

function logLines({ log = [] }: CheckReport): string[] {
  return log.length === 0
    ? []
    : ['', ...log.slice(-listMax).map((line) => `- ${codeSpan(printable(line, 300))}`)];
}

/** For a comment on a pull request: what was varied, then the comparison with the causes that were proven. */
export function checkMarkdown(report: CheckReport, candidate: string | undefined, accepted: boolean): string {
  const { comparison, names } = checkComparison(report, candidate);
  const hasBytes = report.outputs.length > 0;
  return [
    '<!-- assay:check -->',
    '## assay check',
    '',
    codeSpan(checkSentence(report)),
    ...(accepted ? ['', acceptedSentence] : []),
    ...inputLines(report).map((line) => `\n${line}`),
    ...logLines(report),
    ...table('varied', report.varied),
    ...table('held fixed', report.held),
    ...(report.together ?? []).map(
      ({ title, outcome }) =>
        `\nOnly where all of these are varied at once: ${codeSpan(printable(title, 1000))}: ${outcomeWords[outcome]}`,
    ),
    '',
    ...(hasBytes ? [comparisonMarkdown(comparison, names)] : []),
  ].join('\n');
}
