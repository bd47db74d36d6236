import type { Cause, Comparison, Difference } from '#schemas/comparison.ts';
import { printable } from '#core/text/printable.ts';
import { causeWords, evidenceLines, unexplainedWords } from './comparison-causes.ts';
import { foldDifferences } from './comparison-fold.ts';
import { insideOf, partWords } from './comparison-parts.ts';
import {
  comparisonSentence,
  cutWords,
  differenceWords,
  placeOf,
  type ComparisonNames,
} from './comparison-words.ts';
import { tellingParts } from './telling-parts.ts';
import { codeSpan, fencedBlock, foldedList } from './markdown-text.ts';

const causesMax = 10;
const partsMax = 10;
const evidenceMax = 3;
/** GitHub takes 65,536 characters in a comment; what else stands in it, and a few around it, need little. */
const charactersMax = { causes: 12_000, differences: 28_000, passes: 5000, findings: 10_000, cut: 3000 };

/** For a comment on a pull request. What others wrote stands in code only. */
export function comparisonMarkdown(comparison: Comparison, names: ComparisonNames): string {
  const { result, causes, passes, findings, cut, differencesTotal } = comparison;
  const { folds, single } = foldDifferences(comparison.differences);
  const unlisted = differencesTotal - comparison.differences.length;
  return [
    `### ${result[0]?.toUpperCase()}${result.slice(1)}`,
    '',
    codeSpan(comparisonSentence(comparison, names)),
    '',
    '| | sha256 | bytes |',
    '|---|---|---|',
    `| first | ${codeSpan(comparison.a.digest.sha256)} | ${comparison.a.size} |`,
    `| second | ${codeSpan(comparison.b.digest.sha256)} | ${comparison.b.size} |`,
    ...fitting(
      causes.slice(0, causesMax).map((cause) => causeBlock(cause, comparison)),
      causes.length,
    ),
    ...unexplainedBlock(comparison),
    ...foldedList(
      `Differences (${differencesTotal})`,
      [
        ...folds.map(
          ({ sample, paths }) =>
            `- ${codeSpan(differenceWords(sample))} in ${paths.length} members${asideOf(sample)}`,
        ),
        ...single.map(differenceItem),
        ...(unlisted > 0 ? [`- and ${unlisted} that are not listed: \`--all\` lists more`] : []),
      ],
      charactersMax.differences,
    ),
    ...foldedList(
      'Set aside',
      passes.map(
        ({ id, title, membersTotal, bytes }) =>
          `- ${title} (${codeSpan(id)}): ${membersTotal} members, ${bytes} bytes`,
      ),
      charactersMax.passes,
    ),
    ...foldedList(
      `Findings (${findings.length})`,
      findings.map(
        ({ id, severity, side, path, detail }) =>
          `- ${severity} ${id} (${side}): ${codeSpan(`${placeOf(path)}: ${printable(detail, 300)}`)}`,
      ),
      charactersMax.findings,
    ),
    ...foldedList(
      'Cut',
      cut.map((each) => `- ${codeSpan(cutWords(each))}`),
      charactersMax.cut,
    ),
    ...(comparison.result === 'identical'
      ? []
      : ['', 'All of it: `assay diff --all` with `--format json` or `--output report.html`.']),
    '',
  ].join('\n');
}

function causeBlock(cause: Cause, comparison: Comparison): string {
  const lines = evidenceLines(cause);
  const places = lines.slice(0, evidenceMax).map((line) => `- ${codeSpan(line)}`);
  const more = lines.length - places.length;
  return [
    '',
    `**${cause.title}** (${causeWords(cause, comparison)}). To fix it: ${codeSpan(printable(cause.remedy, 2000))}`,
    '',
    ...places,
    ...(more > 0 ? [`- and ${more} more`] : []),
  ].join('\n');
}

/** What no cause explains, as a paragraph. */
function unexplainedBlock(comparison: Comparison): string[] {
  const words = unexplainedWords(comparison);
  return words === undefined ? [] : ['', codeSpan(words)];
}

function fitting(blocks: readonly string[], total: number): string[] {
  const shown: string[] = [];
  let left = charactersMax.causes;
  for (const block of blocks) {
    left -= block.length;
    if (left < 0) break;
    shown.push(block);
  }
  const more = total - shown.length;
  return more > 0 ? [...shown, '', `And ${more} more causes.`] : shown;
}

function asideOf({ pass }: Difference): string {
  return pass === undefined ? '' : ` (set aside: ${codeSpan(pass)})`;
}

/** A list item; what is in a content, as a block that GitHub colours. */
function differenceItem(difference: Difference): string {
  const line = `- ${codeSpan(`${placeOf(difference.path)}: ${differenceWords(difference)}`)}${asideOf(difference)}`;
  const inside = insideOf(difference);
  if (inside === undefined) return line;
  const shown = tellingParts(inside).slice(0, partsMax);
  const more = inside.partsTotal - shown.length;
  const lines = shown.flatMap((part) => {
    const { mark, name, a, b } = partWords(part);
    return [`@@ ${mark} ${name} @@`, ...a.map((text) => `- ${text}`), ...b.map((text) => `+ ${text}`)];
  });
  const block = fencedBlock('diff', [...lines, ...(more > 0 ? [`@@ and ${more} more places @@`] : [])]);
  return `${line}\n\n${block.replace(/^/gm, '  ')}\n`;
}
