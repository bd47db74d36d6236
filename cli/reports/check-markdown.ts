import type { CheckReport, VariationResult } from '#schemas/check.ts';
import { checkComparison } from './check-comparison.ts';
import { checkSentence, outcomeWords } from './check-words.ts';
import { comparisonMarkdown } from './comparison-markdown.ts';

/** What a build printed may be part of it: in a code span, which nothing can end. */
function code(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll('|', '¦')}\``;
}

function table(title: string, results: readonly VariationResult[]): string[] {
  if (results.length === 0) return [];
  return [
    '',
    `| ${title} | | |`,
    '|---|---|---|',
    ...results.map(
      ({ title: what, how, outcome, detail }) =>
        `| ${what} | ${outcomeWords[outcome]} | ${code(detail ?? how)} |`,
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
    code(checkSentence(report)),
    ...table('varied', report.varied),
    ...table('held fixed', report.held),
    '',
    ...(hasBytes ? [comparisonMarkdown(comparison, names)] : []),
  ].join('\n');
}
