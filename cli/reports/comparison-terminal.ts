import type { Cause, Comparison, Difference, Finding, Inside } from '#schemas/comparison.ts';
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
import { wrapText } from './wrap-text.ts';

export interface TerminalOptions {
  readonly names: ComparisonNames;
  /** Escape sequences for colours: on a terminal only. */
  readonly colour: boolean;
  /** Everything, instead of folding what is long. */
  readonly all: boolean;
}

const treeLinesMax = 60;
const listedMax = 10;
const partsMax = 4;
const evidenceMax = 3;
/** Of sentences, behind the indent of a section; values are not broken. */
const proseColumns = 78;

const colours = { identical: '32', equivalent: '33', different: '31' } as const;
const markColours = { added: '32', removed: '31', changed: '33', reordered: '36' } as const;

/** A member with its differences and the members in it. */
interface Node {
  readonly children: Map<string, Node>;
  readonly lines: string[];
}

interface PartStyle {
  readonly all: boolean;
  readonly colour: boolean;
}

function painted(text: string, code: string, { colour }: PartStyle): string {
  return colour ? `\u001b[${code}m${text}\u001b[0m` : text;
}

/** The parts of a content, below its difference. */
function partLines(inside: Inside, style: PartStyle): string[] {
  const parts = tellingParts(inside);
  const shown = style.all ? parts : parts.slice(0, partsMax);
  const lines = shown.flatMap((part) => {
    const { mark, name, a, b, brief } = partWords(part);
    const code = markColours[part.kind];
    if (brief !== undefined) return [`  ${painted(`${mark} ${brief}`, code, style)}`];
    return [
      `  ${painted(mark, code, style)} ${name}`,
      ...a.map((line) => `      ${painted(`- ${line}`, markColours.removed, style)}`),
      ...b.map((line) => `      ${painted(`+ ${line}`, markColours.added, style)}`),
    ];
  });
  const more = inside.partsTotal - shown.length;
  // What is not even in the list cannot be unfolded.
  const how = inside.parts.length > shown.length ? ' (--all shows them)' : '';
  return more > 0 ? [...lines, `  … ${more} more place${more === 1 ? '' : 's'}${how}`] : lines;
}

function buildTree(differences: readonly Difference[], style: PartStyle): Node {
  const root: Node = { children: new Map(), lines: [] };
  for (const difference of differences) {
    let node = root;
    for (const part of difference.path) {
      const child: Node = node.children.get(part) ?? { children: new Map(), lines: [] };
      node.children.set(part, child);
      node = child;
    }
    const cause = difference.cause === undefined ? '' : `  [${difference.cause}]`;
    node.lines.push(`${differenceWords(difference)}${cause}`);
    const inside = insideOf(difference);
    if (inside !== undefined) node.lines.push(...partLines(inside, style));
  }
  return root;
}

function* treeLines(node: Node, indent: string): Generator<string> {
  for (const line of node.lines) yield `${indent}${line}`;
  const children = [...node.children];
  for (const [index, [name, child]] of children.entries()) {
    const last = index === children.length - 1;
    yield `${indent}${last ? '└─' : '├─'} ${printable(name, 200)}`;
    yield* treeLines(child, `${indent}${last ? '   ' : '│  '}`);
  }
}

function fold(lines: readonly string[], max: number, all: boolean, indent = ''): string[] {
  if (all || lines.length <= max) return [...lines];
  const more = lines.length - max;
  return [...lines.slice(0, max), `${indent}… ${more} more line${more === 1 ? '' : 's'} (--all shows them)`];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function causeLines(cause: Cause, comparison: Comparison, all: boolean): string[] {
  const evidence = evidenceLines(cause).map((line) => `  ${line}`);
  return [
    ...wrapText(`${cause.title} (${causeWords(cause, comparison)}) [${cause.id}]`, '  ', proseColumns),
    ...fold(evidence, evidenceMax, all, '  '),
    ...wrapText(`  to fix it: ${cause.remedy}`, '    ', proseColumns),
  ];
}

/** Why the two differ, and what no cause explains. */
function whyLines(comparison: Comparison, all: boolean): string[] {
  const unexplained = unexplainedWords(comparison);
  return [
    ...comparison.causes.flatMap((cause) => causeLines(cause, comparison, all)),
    ...(unexplained === undefined ? [] : wrapText(unexplained, '  ', proseColumns)),
  ];
}

const sides = { a: 'in the first file', b: 'in the second file', both: 'in both' } as const;

function findingLine({ id, severity, side, path, offset, detail }: Finding): string {
  const at = offset === undefined ? '' : ` at byte ${offset}`;
  return `${severity} ${id} ${sides[side]}${at}, ${placeOf(path)}: ${printable(detail, 300)}`;
}

/** For people: the result as one sentence, why, then where, as a tree. */
export function comparisonTerminal(comparison: Comparison, options: TerminalOptions): string {
  const { all, colour, names } = options;
  const sentence = comparisonSentence(comparison, names);
  const title = colour ? `\u001b[1;${colours[comparison.result]}m${sentence}\u001b[0m` : sentence;
  const open = comparison.differences.filter(({ pass }) => all || pass === undefined);
  const { folds, single } = all ? { folds: [], single: open } : foldDifferences(open);
  const same = folds.map(({ sample, paths }) => {
    const cause = sample.cause === undefined ? '' : `  [${sample.cause}]`;
    return `${differenceWords(sample)} in ${paths.length} members, such as ${placeOf(paths[0] ?? [])}${cause}`;
  });
  const passes = comparison.passes.map(
    ({ id, title: what, membersTotal, fields, bytes }) =>
      `${what} [${id}]: ${membersTotal} member${membersTotal === 1 ? '' : 's'}, ${fields.join(', ')}, ${bytes} bytes`,
  );
  return [
    title,
    ...(comparison.result === 'identical'
      ? []
      : [
          `  first   sha256:${comparison.a.digest.sha256}, ${comparison.a.size} bytes`,
          `  second  sha256:${comparison.b.digest.sha256}, ${comparison.b.size} bytes`,
        ]),
    ...section('why, most likely first', whyLines(comparison, all)),
    ...section('the same in many members', fold(same, listedMax, all)),
    ...section('where', fold([...treeLines(buildTree(single, { all, colour }), '')], treeLinesMax, all)),
    ...section('set aside', passes),
    ...section('findings', fold(comparison.findings.map(findingLine), listedMax, all)),
    ...section('cut', comparison.cut.map(cutWords)),
    '',
  ].join('\n');
}
