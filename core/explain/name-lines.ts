import type { ComparisonFacts } from '#core/compare/facts.ts';
import type { Delta } from '#core/compare/delta.ts';
import { hideValues } from './values.ts';

/** A member of one side and one of the other whose names are the same but for values of known kinds. */
export interface NameLine {
  readonly missing: Delta;
  readonly extra: Delta;
  readonly a: string;
  readonly b: string;
}

const namesMax = 5000;
const known = new WeakMap<ComparisonFacts, readonly NameLine[]>();

/** Members that are each other under another name: such as `build-20261122.log` and `build-20261123.log`. */
export function nameLines(facts: ComparisonFacts): readonly NameLine[] {
  const found = known.get(facts) ?? findNameLines(facts);
  known.set(facts, found);
  return found;
}

function findNameLines({ deltas }: ComparisonFacts): NameLine[] {
  const byShape = (kind: 'missing' | 'extra') => {
    const shapes = new Map<string, Delta[]>();
    for (const delta of deltas.filter((one) => one.kind === kind).slice(0, namesMax)) {
      const shape = JSON.stringify([...delta.path.slice(0, -1), hideValues(delta.path.at(-1) ?? '')]);
      shapes.set(shape, [...(shapes.get(shape) ?? []), delta]);
    }
    return shapes;
  };
  const extras = byShape('extra');
  const lines: NameLine[] = [];
  for (const [shape, [missing, ...others]] of byShape('missing')) {
    const [extra, ...more] = extras.get(shape) ?? [];
    // Of several nobody can say which is which.
    if (missing === undefined || extra === undefined || others.length + more.length > 0) continue;
    lines.push({ missing, extra, a: missing.path.at(-1) ?? '', b: extra.path.at(-1) ?? '' });
  }
  return lines;
}
