import { spread, type Pair } from './pairs.ts';

/** One line of the table that `npm run bench` prints. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly pairs: readonly Pair[];
  /** What the ratio should be, in words. */
  readonly aim?: string;
}

/** Ours, the reference and the ratio of each pair: the least, the middle and the greatest. */
export function tableOf(rows: readonly Row[]): string {
  const head = ['', '', 'min', 'median', 'max'];
  const body = rows.flatMap(({ name, unit, pairs, aim }) => [
    [name, `ours (${unit})`, ...figures(pairs.map(({ ours }) => ours))],
    ['', `reference (${unit})`, ...figures(pairs.map(({ reference }) => reference))],
    ['', `ratio${aim === undefined ? '' : ` (aim: ${aim})`}`, ...figures(pairs.map(ratio))],
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body].map((cells) => cells[column]?.length ?? 0)),
  );
  return [head, ...body]
    .map((cells) =>
      cells
        .map((cell, column) =>
          column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function ratio({ ours, reference }: Pair): number {
  return ours / reference;
}

function figures(values: readonly number[]): string[] {
  const { min, median, max } = spread(values);
  return [min, median, max].map((value) => (value >= 100 ? value.toFixed(0) : value.toFixed(2)));
}
