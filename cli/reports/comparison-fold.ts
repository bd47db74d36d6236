import type { Difference } from '#schemas/comparison.ts';

/** The same field with the same two values, in several members. */
export interface Fold {
  readonly sample: Difference;
  readonly paths: readonly (readonly string[])[];
}

const foldMin = 4;

/** Takes apart what many members have in common from what stands alone. The order stays. */
export function foldDifferences(differences: readonly Difference[]): { folds: Fold[]; single: Difference[] } {
  const groups = new Map<string, Difference[]>();
  const keyOf = ({ kind, field, a, b, pass }: Difference) => JSON.stringify([kind, field, a, b, pass]);
  for (const difference of differences) {
    if (difference.kind !== 'metadata') continue;
    const key = keyOf(difference);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [difference]);
    else group.push(difference);
  }
  const folds: Fold[] = [];
  const folded = new Set<Difference>();
  for (const group of groups.values()) {
    const [sample] = group;
    if (sample === undefined || group.length < foldMin) continue;
    folds.push({ sample, paths: group.map(({ path }) => path) });
    for (const difference of group) folded.add(difference);
  }
  return { folds, single: differences.filter((difference) => !folded.has(difference)) };
}
