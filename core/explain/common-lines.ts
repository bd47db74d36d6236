import { withoutCarriageReturns } from '#core/compare/content-view.ts';

/** Whether two texts have a line in common, line ends and empty lines apart: without one they are two other texts. */
export function haveCommonLine(a: string, b: string): boolean {
  const lines = new Set(withoutCarriageReturns(b).split('\n'));
  return withoutCarriageReturns(a)
    .split('\n')
    .some((line) => line.trim() !== '' && lines.has(line));
}
