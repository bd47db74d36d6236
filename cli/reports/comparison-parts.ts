import { printable } from '#core/text/printable.ts';
import type { Difference, Inside, Part } from '#schemas/comparison.ts';
import { tellingParts } from './telling-parts.ts';

/** By shape, not by colour alone. */
export const partMarks = { added: '+', removed: '-', changed: '~', reordered: '↕' } as const;

const nameMax = 200;
const valueMax = 300;
const briefMax = 60;

/** A part in words. Values of several lines are several texts; each is one printable line. */
export interface PartWords {
  readonly mark: string;
  readonly name: string;
  readonly a: readonly string[];
  readonly b: readonly string[];
  /** Both values behind the name, where that is one short line. */
  readonly brief: string | undefined;
}

function valueLines(value: string | null | undefined): string[] {
  return value === null || value === undefined
    ? []
    : value.split('\n').map((line) => printable(line, valueMax));
}

export function partWords({ kind, name, a, b }: Part): PartWords {
  const [linesA, linesB] = [valueLines(a), valueLines(b)];
  const short = [linesA, linesB].every((lines) => lines.length <= 1 && (lines[0] ?? '').length <= briefMax);
  const values = [...linesA, ...linesB].join(' → ');
  const shown = printable(name, nameMax);
  return {
    mark: partMarks[kind],
    name: shown,
    a: linesA,
    b: linesB,
    brief: short ? `${shown}${values === '' ? '' : `: ${values}`}` : undefined,
  };
}

/** What was looked into and how much was found: `json, 3 places`. */
export function insideTitle({ format, partsTotal }: Inside): string {
  return `${printable(format, 40)}, ${partsTotal} place${partsTotal === 1 ? '' : 's'}`;
}

/** What a look inside found, where it found something. */
export function insideOf({ inside }: Difference): Inside | undefined {
  return inside === undefined || inside.parts.length === 0 ? undefined : inside;
}

/** Where in a content, on one line: `json, 3 places: $.version (1.0 → 1.1), $.name`. */
export function insideLine(inside: Inside, partsMax: number): string {
  const shown = tellingParts(inside)
    .slice(0, partsMax)
    .map((part) => {
      const { mark, brief, name } = partWords(part);
      return `${mark} ${brief ?? name}`;
    });
  const more = inside.partsTotal - shown.length;
  return `${insideTitle(inside)}: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
