import type { Difference } from '#schemas/comparison.ts';

/** The same field with the same two values, in several members; or a folder that has another name. */
export interface Fold {
  readonly sample: Difference;
  readonly paths: readonly (readonly string[])[];
}

const foldMin = 4;

/** What two names begin with where they end the same: the folder that has another name. */
function foldersOf({ a, b }: Difference): { readonly a: string; readonly b: string } | undefined {
  const [one, other] = [(a ?? '').split('/'), (b ?? '').split('/')];
  if (one.at(-1) !== other.at(-1)) return undefined;
  while (one.length > 1 && other.length > 1 && one.at(-1) === other.at(-1)) {
    one.pop();
    other.pop();
  }
  return { a: one.join('/'), b: other.join('/') };
}

/** What a difference says of more than one member; undefined for what is said of one alone. */
function inCommon(difference: Difference): Difference | undefined {
  if (difference.kind === 'metadata') return difference;
  const folders = difference.kind === 'renamed' ? foldersOf(difference) : undefined;
  if (folders === undefined) return undefined;
  const { detail: _detail, ...rest } = difference;
  return { ...rest, ...folders };
}

/** Takes apart what many members have in common from what stands alone. The order stays. */
export function foldDifferences(differences: readonly Difference[]): { folds: Fold[]; single: Difference[] } {
  const groups = new Map<string, Difference[]>();
  const keyOf = ({ kind, field, a, b, pass }: Difference) => JSON.stringify([kind, field, a, b, pass]);
  for (const difference of differences) {
    const common = inCommon(difference);
    if (common === undefined) continue;
    const key = keyOf(common);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [difference]);
    else group.push(difference);
  }
  const folds: Fold[] = [];
  const folded = new Set<Difference>();
  for (const group of groups.values()) {
    const sample = group[0] === undefined ? undefined : inCommon(group[0]);
    if (sample === undefined || group.length < foldMin) continue;
    folds.push({ sample, paths: group.map(({ path }) => path) });
    for (const difference of group) folded.add(difference);
  }
  return { folds, single: differences.filter((difference) => !folded.has(difference)) };
}
