/** What a part of the benchmark measured, of ours and of its reference, in the same run. */
export interface Pair {
  readonly ours: number;
  readonly reference: number;
}

/** Least, middle and greatest of some figures. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/**
 * Measures A B A B …, so that what else the machine does falls on both alike. Each pair is told as soon as it is had.
 */
export async function interleave<T>(
  count: number,
  ours: (index: number) => Promise<T>,
  reference: (index: number) => Promise<T>,
): Promise<{ ours: T; reference: T }[]> {
  const pairs: { ours: T; reference: T }[] = [];
  for (let index = 0; index < count; index += 1)
    pairs.push({ ours: await ours(index), reference: await reference(index) });
  return pairs;
}

/** @throws RangeError where there are no figures */
export function spread(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((x, y) => x - y);
  const middle = (sorted.length - 1) / 2;
  const [min, low, high, max] = [0, Math.floor(middle), Math.ceil(middle), sorted.length - 1].map(
    (index) => sorted[index],
  );
  if (min === undefined || low === undefined || high === undefined || max === undefined)
    throw new RangeError('no figures');
  return { min, median: (low + high) / 2, max };
}
