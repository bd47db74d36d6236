import type { Comparison, Difference } from '#schemas/comparison.ts';
import type { Cut } from '#schemas/cut.ts';
import { printable } from '#core/text/printable.ts';
import { insideOf, insideTitle } from './comparison-parts.ts';
import { valueWords } from './value-words.ts';

/** What the two files are called in a report: as the user named them. Hostile like any file name. */
export interface ComparisonNames {
  readonly a: string;
  readonly b: string;
}

/** Where a member stands: nested archives from the outside inwards. */
export function placeOf(path: readonly string[]): string {
  return path.map((part) => printable(part, 200)).join(' › ') || 'the file itself';
}

/**
 * What differs and both values, without the place: `create_system: 0 (MS-DOS/Windows) → 3 (Unix)`. Of a content that was
 * looked into, how it was and how much was found: the reports show its parts.
 */
export function differenceWords(difference: Difference): string {
  const { kind, field, a, b, offset, detail } = difference;
  const inside = insideOf(difference);
  if (inside !== undefined) {
    const first = offset === undefined ? '' : ` (first at byte ${offset})`;
    return `${kind} as ${insideTitle(inside)}${first}`;
  }
  if (kind === 'missing') return `only in the first file (${valueWords(a)})`;
  if (kind === 'extra') return `only in the second file (${valueWords(b)})`;
  const what = kind === 'metadata' ? (field ?? kind) : kind;
  const values = a === undefined && b === undefined ? '' : `: ${valueWords(a)} → ${valueWords(b)}`;
  const at = offset === undefined ? '' : `, first at byte ${offset}`;
  const said = detail === undefined ? '' : ` (${printable(detail, 200)}${at})`;
  return `${what}${values}${said === '' ? at : said}`;
}

/** What is left of a difference of signatures. */
const unsignedWords = {
  identical: 'But for the signatures in them, nothing differs.',
  equivalent: 'But for the signatures in them, they would be equivalent.',
} as const;

/** The result in plain words. */
export function comparisonSentence(
  comparison: Pick<Comparison, 'result' | 'differencesTotal' | 'passes' | 'withoutSignatures'>,
  names: ComparisonNames,
): string {
  const [a, b] = [printable(names.a, 200), printable(names.b, 200)];
  const total = comparison.differencesTotal;
  const counted = `${total} difference${total === 1 ? '' : 's'}`;
  if (comparison.result === 'identical') return `Identical: every byte of ${a} and ${b} is the same.`;
  if (comparison.result === 'equivalent') {
    const passes = comparison.passes.map(({ title }) => title).join('; ');
    return `Equivalent: ${a} and ${b} have other bytes (${counted}), all set aside by: ${passes}.`;
  }
  const unsigned = comparison.withoutSignatures;
  const rest = unsigned === undefined ? '' : ` ${unsignedWords[unsigned]}`;
  return `Different: ${a} and ${b} have other bytes (${counted}).${rest}`;
}

/** What a budget cut, and how to see more of it where that can be had. */
export function cutWords({ kind, detail }: Cut): string {
  const more = kind === 'unlisted' ? ' (--all and --max-differences list more differences and places)' : '';
  return `${kind}: ${printable(detail, 300)}${more}`;
}
