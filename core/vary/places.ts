import type { Comparison, Difference, Part } from '#schemas/comparison.ts';

/** The comparison of one output of two builds. */
export interface Compared {
  /** Its path in the recipe. */
  readonly output: string;
  readonly comparison: Comparison;
}

/** One place of an output where two builds differ, by a name that it has in every comparison of that output. */
export interface Place {
  readonly output: string;
  readonly difference: Difference;
  readonly part?: Part;
}

/** Causes by which single values differ: what they touch in a content leaves the rest of it comparable. */
const valueCauses = new Set([
  'build-time-in-content',
  'random-value',
  'process-id',
  'user-and-host',
  'environment-variable',
  'time-zone',
  'cpu-count',
]);

/** Causes of which only the order of the same things is left to differ. */
export const orderCauses: ReadonlySet<string> = new Set([
  'parallel-order',
  'hash-order',
  'file-order',
  'locale',
]);

/** A member that is missing and one that is there in addition are one place, seen from either side. */
const presence = new Set<Difference['kind']>(['missing', 'extra']);

function keyOf(output: string, { path, kind, field }: Difference, part?: Part): string {
  const what = presence.has(kind) ? 'presence' : kind;
  return JSON.stringify([output, path, what, field ?? '', ...(part === undefined ? [] : [part.name])]);
}

/** The places of `compared`, by name: the parts of a content where all of them are known, else the content as a whole. */
export function placesOf(compared: readonly Compared[]): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const { output, comparison } of compared) {
    for (const difference of comparison.differences) {
      const { inside } = difference;
      const parts = inside !== undefined && inside.parts.length === inside.partsTotal ? inside.parts : [];
      if (parts.length === 0) places.set(keyOf(output, difference), { output, difference });
      for (const part of parts) places.set(keyOf(output, difference, part), { output, difference, part });
    }
  }
  return places;
}

/** Whether all that is noise in a content are single values, so that the rest of it can be compared. */
function isOfValues({ comparison }: Compared, difference: Difference, part: Part | undefined): boolean {
  const path = JSON.stringify(difference.path);
  const isReordered = comparison.causes.some(
    ({ id, evidence }) => orderCauses.has(id) && evidence.some((item) => JSON.stringify(item.path) === path),
  );
  return part?.kind === 'changed' && valueCauses.has(difference.cause ?? '') && !isReordered;
}

/**
 * The places of `compared` that differ in no comparison of `noise`, which are of builds under the same conditions. Where
 * noise reorders a content, or nobody knows what it is, nothing in that content says anything.
 */
export function placesBeyond(
  compared: readonly Compared[],
  noise: readonly (readonly Compared[])[],
): Map<string, Place> {
  const noisy = new Set<string>();
  for (const one of noise.flat()) {
    for (const [key, { output, difference, part }] of placesOf([one])) {
      noisy.add(key);
      if (!isOfValues(one, difference, part)) noisy.add(keyOf(output, difference));
    }
  }
  const isNoise = (key: string, { output, difference }: Place): boolean =>
    noisy.has(key) || noisy.has(keyOf(output, difference));
  return new Map([...placesOf(compared)].filter(([key, place]) => !isNoise(key, place)));
}

/** Whether nothing of `outputs` is left to compare: each differs as a whole, and not in single values, by itself. */
export function isAllNoise(outputs: readonly string[], noise: readonly Compared[]): boolean {
  return outputs.every((output) =>
    noise.some(
      (one) =>
        one.output === output &&
        [...placesOf([one]).values()].some(
          ({ difference, part }) =>
            difference.kind === 'content' &&
            difference.path.length === 0 &&
            !isOfValues(one, difference, part),
        ),
    ),
  );
}
