import type { ComparisonFacts } from '#core/compare/facts.ts';
import type { Delta } from '#core/compare/delta.ts';

/** A member that has another name on each side. */
export interface NameLine {
  readonly delta: Delta;
  readonly a: string;
  readonly b: string;
}

const namesMax = 5000;

/**
 * Members that are each other under another name: such as `build-20261122.log` and `build-20261123.log`. The parts of
 * container images are left out: what these are called follows from what they hold.
 */
export function nameLines({ deltas }: ComparisonFacts): readonly NameLine[] {
  return deltas
    .filter(({ kind, pairedBy }) => kind === 'renamed' && pairedBy !== 'role')
    .slice(0, namesMax)
    .map((delta) => ({ delta, a: delta.path.at(-1) ?? '', b: delta.pathB?.at(-1) ?? '' }));
}
