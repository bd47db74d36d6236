import type { CheckCause } from '#schemas/check.ts';
import type { Cause } from '#schemas/comparison.ts';
import type { Compared, Place } from './places.ts';

const evidenceMax = 50;

/** What an experiment has shown, and in whose words. */
export interface Proof {
  /** Ids of the causes that it can prove; the first names what no explainer claims. */
  readonly causes: readonly [string, ...string[]];
  /** The cause as a statement, for what no explainer claims. */
  readonly statement: string;
  readonly remedy: string;
  /** What was done and seen, in a sentence. */
  readonly sentence: string;
}

function evidenceOf({ difference, part }: Place): Cause['evidence'][number] {
  const { path, field } = difference;
  const { a, b, offset } = part ?? difference;
  return {
    path,
    ...(field === undefined ? {} : { field }),
    ...(offset === undefined ? {} : { offset }),
    ...(a === undefined ? {} : { a }),
    ...(b === undefined ? {} : { b }),
  };
}

/** Names the member and field that a difference or a piece of evidence is about, within one output. */
export function memberOf({ path, field }: Pick<Cause['evidence'][number], 'path' | 'field'>): string {
  return JSON.stringify([path, field ?? '']);
}

/**
 * The causes that an experiment proves of the differences at `places`: those of `proof.causes` that explainers claim
 * there, with their evidence, the earlier ones first: a place has one cause. Where none claims any, the first of them
 * with the differences themselves.
 */
export function confirm(
  compared: readonly Compared[],
  places: ReadonlyMap<string, Place>,
  proof: Proof,
): CheckCause[] {
  return compared.flatMap(({ output, comparison }) => {
    const here = [...places.values()].filter((place) => place.output === output);
    if (here.length === 0) return [];
    const proven = { confidence: 'confirmed', output, proof: proof.sentence } as const;
    const open = new Set(here.map(({ difference }) => memberOf(difference)));
    const claimed = proof.causes.flatMap((id) => {
      const cause = comparison.causes.find((one) => one.id === id);
      const evidence = cause?.evidence.filter((item) => open.has(memberOf(item))) ?? [];
      if (cause === undefined || evidence.length === 0) return [];
      for (const item of evidence) open.delete(memberOf(item));
      return [{ ...cause, evidence, ...proven }];
    });
    if (claimed.length > 0) return claimed;
    const evidence = here.slice(0, evidenceMax).map(evidenceOf);
    return [{ id: proof.causes[0], title: proof.statement, evidence, remedy: proof.remedy, ...proven }];
  });
}
