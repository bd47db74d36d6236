import type { VariationResult } from '#schemas/check.ts';
import type { Bench, Ground } from './bench.ts';
import { isAllNoise } from './places.ts';
import { obstacleOf } from './possible.ts';
import { describe, missed } from './search-result.ts';
import type { Hold, Variation } from './variation.ts';

/** A variation with which alone something differed that does not differ by itself. */
export interface Suspect {
  readonly variation: Variation;
  readonly ground: Ground;
}

export interface VariedSingly {
  readonly suspects: readonly Suspect[];
  /** What came of each variation, by id, as far as it is known before all builds are made. */
  readonly results: Map<string, VariationResult>;
}

/**
 * Builds with one variation at a time, and again where that makes a difference. Where the time makes one, the clock is
 * stopped for those that follow: else what changes by the minute or the day could be held against them.
 */
export async function varySingly(
  bench: Bench,
  variations: readonly Variation[],
  holds: readonly Hold[],
): Promise<VariedSingly> {
  const results = new Map<string, VariationResult>();
  const suspects: Suspect[] = [];
  const outputs = bench.plain.builds[0].outputs.map(({ path }) => path);
  for (const variation of variations) {
    const set = (outcome: VariationResult['outcome'], detail?: string) =>
      results.set(variation.id, {
        ...describe(variation),
        outcome,
        ...(detail === undefined ? {} : { detail }),
      });
    if (bench.holding.some(({ instead }) => instead === variation.id)) {
      set('differs', 'any two builds show it');
      continue;
    }
    const ground = await bench.groundFor(variation);
    if (ground === undefined) {
      results.set(variation.id, missed(variation, bench.failure));
      continue;
    }
    if (isAllNoise(outputs, ground.noise.flat())) {
      set('not-tried', 'all of the output differs by itself');
      continue;
    }
    const sample = await bench.vary(ground, [variation]);
    if (sample === undefined) {
      results.set(variation.id, missed(variation, bench.failure));
      continue;
    }
    set('same');
    if (bench.placesOf(ground, sample).size === 0) continue;
    const again = await bench.vary(ground, [variation]);
    if (again === undefined) {
      results.set(variation.id, missed(variation, bench.failure));
      continue;
    }
    if (bench.placesOf(ground, sample).size === 0) continue;
    suspects.push({ variation, ground: await stop(bench, holds, variation, ground) });
  }
  return { suspects, results };
}

/**
 * Holds fixed what has just been found to matter, where that can be held, and varies it there. Gives the ground on which
 * it is looked at from now on: one where it does not go on by itself, if it shows there.
 */
async function stop(
  bench: Bench,
  holds: readonly Hold[],
  variation: Variation,
  before: Ground,
): Promise<Ground> {
  const hold = holds.find(({ instead }) => instead === variation.id);
  if (hold === undefined || obstacleOf(hold, bench.file, bench.lab) !== undefined) return before;
  const made = await bench.hold(hold);
  if (made === undefined) return before;
  bench.keep(hold, made);
  const sample = await bench.vary(bench.ground, [variation]);
  return sample !== undefined && bench.placesOf(bench.ground, sample).size > 0 ? bench.ground : before;
}
