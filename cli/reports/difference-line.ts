import type { Difference } from '#schemas/comparison.ts';
import { printable } from '#core/text/printable.ts';
import { insideLine, insideOf } from './comparison-parts.ts';

/** One difference on one line: the member, what differs, and both values. `a` is the published file, `b` the rebuild. */
export function differenceLine(difference: Difference): string {
  const where = difference.path.map((part) => printable(part, 200)).join(' › ') || 'the file itself';
  const what = difference.field === undefined ? difference.kind : `${difference.kind} ${difference.field}`;
  const values =
    difference.a === undefined && difference.b === undefined
      ? ''
      : `: published ${value(difference.a)}, rebuilt ${value(difference.b)}`;
  const offset = difference.offset === undefined ? '' : ` (first at byte ${difference.offset})`;
  const detail = difference.detail === undefined ? '' : ` — ${printable(difference.detail, 300)}`;
  const found = insideOf(difference);
  const inside = found === undefined ? '' : ` — ${insideLine(found, 2)}`;
  return `${where}: ${what}${values}${offset}${detail}${inside}`;
}

function value(text: string | null | undefined): string {
  return text === null || text === undefined ? 'absent' : printable(text, 120);
}
