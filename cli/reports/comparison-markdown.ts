import type { Comparison } from '#schemas/comparison.ts';
import { printable } from '#core/text/printable.ts';
import { foldDifferences } from './comparison-fold.ts';
import { comparisonSentence, differenceWords, placeOf, type ComparisonNames } from './comparison-words.ts';

const listedMax = 50;

/** A code span: in it only backticks mean anything, and the bar in tables. CommonMark 6.1 */
function code(text: string): string {
  const safe = text.replaceAll('|', '¦');
  const longest = Math.max(0, ...(safe.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = safe.startsWith('`') || safe.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${safe}${pad}${fence}`;
}

function details(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const shown = items.slice(0, listedMax).map((item) => `- ${item}`);
  const more = items.length - shown.length;
  const rest = more > 0 ? [`- and ${more} more`] : [];
  return ['', `<details><summary>${title}</summary>`, '', ...shown, ...rest, '', '</details>'];
}

/** For a comment on a pull request. What others wrote stands in code spans only. */
export function comparisonMarkdown(comparison: Comparison, names: ComparisonNames): string {
  const { folds, single } = foldDifferences(comparison.differences);
  const aside = (pass: string | undefined) => (pass === undefined ? '' : ` (set aside: ${pass})`);
  return [
    `### ${comparison.result[0]?.toUpperCase()}${comparison.result.slice(1)}`,
    '',
    code(comparisonSentence(comparison, names)),
    '',
    '| | sha256 | bytes |',
    '|---|---|---|',
    `| first | ${code(comparison.a.digest.sha256)} | ${comparison.a.size} |`,
    `| second | ${code(comparison.b.digest.sha256)} | ${comparison.b.size} |`,
    ...comparison.causes.flatMap(({ title, confidence, remedy, evidence }) => [
      '',
      `**${title}** (${confidence}). ${remedy}`,
      '',
      ...evidence.slice(0, 3).map(({ path, field, a, b }) => {
        const words = differenceWords({ kind: 'metadata', path, field: field ?? 'content', a, b });
        return `- ${code(`${placeOf(path)}: ${words}`)}`;
      }),
    ]),
    ...details(`Differences (${comparison.differencesTotal})`, [
      ...folds.map(
        ({ sample, paths }) =>
          `${code(differenceWords(sample))} in ${paths.length} members${aside(sample.pass)}`,
      ),
      ...single.map(
        (difference) =>
          `${code(`${placeOf(difference.path)}: ${differenceWords(difference)}`)}${aside(difference.pass)}`,
      ),
    ]),
    ...details(
      'Set aside',
      comparison.passes.map(
        ({ id, title, membersTotal, bytes }) => `${title} (${id}): ${membersTotal} members, ${bytes} bytes`,
      ),
    ),
    ...details(
      `Findings (${comparison.findings.length})`,
      comparison.findings.map(
        ({ id, severity, side, path, detail }) =>
          `${severity} ${id} (${side}): ${code(`${placeOf(path)}: ${printable(detail, 300)}`)}`,
      ),
    ),
    ...details(
      'Cut',
      comparison.cut.map((text) => code(printable(text, 300))),
    ),
    '',
  ].join('\n');
}
