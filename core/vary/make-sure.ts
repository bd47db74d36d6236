import { type Bench, type Ground, samplesOf } from './bench.ts';
import type { Removed } from './hold-fixed.ts';
import type { Built } from './lab.ts';
import type { Place } from './places.ts';
import { chanceMax, chanceOf, chanceOfHold } from './probability.ts';
import type { Suspect } from './vary-singly.ts';
import type { Variation } from './variation.ts';

/** Builds that speak for a claim, those that speak against chance, and how likely chance is all the same, at most. */
export interface Weight {
  readonly withIt: number;
  readonly without: number;
  readonly chance: number;
}

export function isSure({ chance }: Weight): boolean {
  return chance <= chanceMax;
}

/** Where something differs with one suspect alone, for all suspects. */
export type PlacesOf = ReadonlyMap<Suspect, ReadonlyMap<string, Place>>;

export function placesOfSuspects(bench: Bench, suspects: readonly Suspect[]): PlacesOf {
  return new Map(
    suspects.map((suspect) => {
      const [first] = samplesOf(suspect.ground, new Set([suspect.variation.id]));
      return [suspect, first === undefined ? new Map() : bench.placesOf(suspect.ground, first)];
    }),
  );
}

/** Builds without what `counted` names, in which the place is as it is without anything varied. */
export function quietBuilds(bench: Bench, key: string, counted: ReadonlySet<string>): number {
  return [...bench.grounds, ...bench.sides].reduce((sum, ground) => {
    const singles = ground.samples.filter(
      ({ varied }) => varied.size === 1 && ![...varied].some((one) => counted.has(one)),
    );
    const quiet = singles.filter((sample) => !bench.placesOf(ground, sample).has(key));
    return sum + ground.builds.length + quiet.length;
  }, 0);
}

/** How many of `builds` are at the place what `first` is. */
export async function countAgreeing(
  bench: Bench,
  key: string,
  first: Built,
  builds: readonly Built[],
): Promise<number> {
  let agreeing = 0;
  for (const built of builds) if (!(await bench.differing(first, built)).has(key)) agreeing += 1;
  return agreeing;
}

/** The weight of the weakest of the places of `suspect`. */
export async function weigh(
  bench: Bench,
  suspect: Suspect,
  places: PlacesOf,
  choices: number,
): Promise<Weight> {
  let weakest: Weight = { withIt: 0, without: 0, chance: 0 };
  const weighed = new Set<string>();
  for (const key of places.get(suspect)?.keys() ?? []) {
    const rivals = [...places].flatMap(([other, its]) => (its.has(key) ? [other] : []));
    const ids = new Set(rivals.map(({ variation }) => variation.id));
    const without = quietBuilds(bench, key, ids);
    let withIt = 0;
    for (const rival of rivals) withIt += await countWith(bench, rival, key, rivals.length === 1);
    const seen = JSON.stringify([without, withIt, rivals.length]);
    if (weighed.has(seen)) continue;
    weighed.add(seen);
    // For each number of rivals half as much may be left to chance as for one less, so that all together stay bounded.
    const chance = chanceOf({ without, withIt, choices, chosen: rivals.length }) * 2 ** (rivals.length - 1);
    if (chance >= weakest.chance) weakest = { withIt, without, chance };
  }
  return weakest;
}

/** Builds that agree with the first one with the suspect; those with others besides count only where none rivals it. */
async function countWith(
  bench: Bench,
  { variation: { id }, ground }: Suspect,
  key: string,
  isAlone: boolean,
): Promise<number> {
  const alone = samplesOf(ground, new Set([id]));
  const [first] = alone;
  if (first === undefined || !isAlone) return alone.length;
  const more = ground.samples.filter(({ varied }) => varied.size > 1 && varied.has(id));
  return (
    alone.length +
    (await countAgreeing(
      bench,
      key,
      first.built,
      more.map(({ built }) => built),
    ))
  );
}

const roundsMax = 12;

/**
 * Repeats builds until chance is too unlikely to be what tells those with a suspect from those without. Several suspects
 * are varied together first, which tells of all of them at once where they do not meet.
 */
export async function makeSure(bench: Bench, suspects: readonly Suspect[], choices: number): Promise<void> {
  for (let round = 0; round < roundsMax; round += 1) {
    const places = placesOfSuspects(bench, suspects);
    const unsure: [Suspect, Weight][] = [];
    for (const suspect of suspects) {
      const weight = await weigh(bench, suspect, places, choices);
      if (!isSure(weight)) unsure.push([suspect, weight]);
    }
    const [first] = unsure;
    if (first === undefined) return;
    const [{ ground }, { withIt, without }] = first;
    const same = unsure.filter(([suspect]) => suspect.ground === ground).map(([{ variation }]) => variation);
    if (!(await repeat(bench, ground, same, { isPlain: without <= withIt, isTogether: round < 2 }))) return;
  }
}

async function repeat(
  bench: Bench,
  ground: Ground,
  variations: readonly Variation[],
  { isPlain, isTogether }: { readonly isPlain: boolean; readonly isTogether: boolean },
): Promise<boolean> {
  if (isPlain) return (await bench.again(ground, 'with nothing varied')) !== undefined;
  if (isTogether) return (await bench.vary(ground, variations)) !== undefined;
  for (const variation of variations) if ((await bench.vary(ground, [variation])) === undefined) return false;
  return true;
}

/** The weight of what went when something was held fixed, at the weakest of its places. */
export async function weighHold(bench: Bench, { places, to }: Removed, holds: number): Promise<Weight> {
  if (to === undefined) return { withIt: 0, without: 0, chance: 0 };
  const at = bench.grounds.indexOf(to);
  const free = bench.grounds.slice(0, at).flatMap(({ builds }) => builds);
  let weakest: Weight = { withIt: 0, without: 0, chance: 0 };
  for (const key of places.keys()) {
    const other = free.length - (await countAgreeing(bench, key, to.builds[0], free));
    const held = bench.grounds.slice(at).reduce((sum, ground) => {
      const quiet = ground.samples.filter((sample) => !bench.placesOf(ground, sample).has(key));
      return sum + ground.builds.length + quiet.length;
    }, 0);
    const chance = chanceOfHold({ held, free: free.length, other, holds });
    if (chance >= weakest.chance) weakest = { withIt: held, without: free.length, chance };
  }
  return weakest;
}

/** Builds more without anything held, and with all held, until chance is too unlikely to be what a hold has removed. */
export async function makeSureOfHolds(
  bench: Bench,
  removed: readonly Removed[],
  holds: number,
): Promise<void> {
  for (let round = 0; round < roundsMax / 2; round += 1) {
    let unsure: Weight | undefined;
    for (const one of removed) {
      const weight = await weighHold(bench, one, holds);
      if (!isSure(weight)) unsure = weight;
    }
    if (unsure === undefined) return;
    const isPlain = unsure.without < unsure.withIt;
    const ground = isPlain ? bench.plain : bench.ground;
    const how = isPlain ? 'by the recipe' : 'with all held fixed';
    if ((await bench.again(ground, how)) === undefined) return;
  }
}
