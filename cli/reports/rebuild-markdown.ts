import type { RebuildResult } from '#schemas/rebuild.ts';
import { printable } from '#core/text/printable.ts';
import { differenceLine } from './difference-line.ts';
import { codeSpan } from './markdown-text.ts';
import { levelWords, sentenceOf, subjectOf } from './rebuild-words.ts';
import type { RebuildReportContext } from './rebuild-table.ts';

const differencesMax = 50;

/**
 * A comment for a pull request. Its first line is an invisible marker by which a bot finds its comment again to update
 * it in place. Hostile text stands in code spans only, so that it cannot make links, mentions or markup.
 */
export function rebuildMarkdown(result: RebuildResult, context: RebuildReportContext): string {
  const rows: [string, string | undefined][] = [
    ['verdict', result.verdict],
    ['published', result.artifact.digest && code(`sha256:${result.artifact.digest.sha256}`)],
    ['source', result.source && `${result.source.kind} ${code(result.source.file)}`],
    ['recipe', result.recipe && `${result.recipe.by} ${code(`sha256:${result.recipe.digest.sha256}`)}`],
    ['level', `${result.level}: ${levelWords[result.level]}`],
    ['reason', result.reason],
    ['attestations', statesOf(result)],
    ['rebuild', code(result.rebuild.id)],
  ];
  const shown = result.differences.slice(0, differencesMax);
  const more = result.differencesTotal - shown.length;
  return [
    `<!-- assay:${result.artifact.digest?.sha256 ?? result.rebuild.id} -->`,
    `### Assay: ${result.verdict}`,
    '',
    escapeMarkdown(sentenceOf(result)),
    '',
    '| | |',
    '|---|---|',
    ...rows.flatMap(([name, text]) => (text === undefined ? [] : [`| ${name} | ${text} |`])),
    ...details(
      'Set aside',
      result.passes.map(({ title, membersTotal }) => `${code(title)}: ${membersTotal}`),
    ),
    ...details(
      'Causes',
      result.causes.map(({ title, confidence, remedy }) => `${code(title)} (${confidence}): ${code(remedy)}`),
    ),
    ...details(`Differences (${result.differencesTotal})`, [
      ...shown.map((difference) => code(differenceLine(difference))),
      ...(more > 0 ? [`and ${more} more`] : []),
    ]),
    ...(context.verifyCommand === undefined
      ? []
      : [
          '',
          `Verify ${code(subjectOf(result))} without a service:`,
          '',
          '```sh',
          context.verifyCommand,
          '```',
        ]),
    '',
  ].join('\n');
}

/** What is not complete is told; what is has its bundles. */
function statesOf({ attestations }: RebuildResult): string | undefined {
  const waiting = attestations.filter(({ state }) => state !== 'complete');
  if (waiting.length === 0) return undefined;
  return waiting.map(({ predicateType, state }) => `${code(predicateType)}: ${state}`).join(', ');
}

function details(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  return [
    '',
    `<details><summary>${title}</summary>`,
    '',
    ...items.map((item) => `- ${item}`),
    '',
    '</details>',
  ];
}

function code(text: string): string {
  return codeSpan(printable(text, 600));
}

/** Escapes all ASCII punctuation that CommonMark or GitHub give a meaning to (CommonMark 2.4), and mentions. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>#|~!&]/g, '\\$&')
    .replaceAll('@', '&#64;')
    .replaceAll('://', '&#58;//');
}
