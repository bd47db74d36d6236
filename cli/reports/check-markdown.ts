import type { CheckReport, VariationResult } from '#schemas/check.ts';
import { printable } from '#core/text/printable.ts';
import { checkComparison } from './check-comparison.ts';
import { checkSentence, outcomeWords } from './check-words.ts';
import { comparisonMarkdown } from './comparison-markdown.ts';
import { codeSpan } from './markdown-text.ts';

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

/** For a comment on a pull request: what was varied, then the comparison with the causes that were proven. */
export function checkMarkdown(report: CheckReport, candidate: string | undefined): string {
  const { comparison, names } = checkComparison(report, candidate);
  const hasBytes = report.outputs.length > 0;
  return [
    '<!-- assay:check -->',
    '## assay check',
    '',
    codeSpan(checkSentence(report)),
    ...table('varied', report.varied),
    ...table('held fixed', report.held),
    '',
    ...(hasBytes ? [comparisonMarkdown(comparison, names)] : []),
  ].join('\n');
}
