/** How likely chance may be to look like a cause in one search, at most: once in a thousand searches. */
export const chanceMax = 1 / 1000;

/** ln(n choose k). */
function lnChoose(n: number, k: number): number {
  let sum = 0;
  for (let step = 1; step <= k; step += 1) sum += Math.log((n - k + step) / step);
  return sum;
}

/** n·ln(n/all): 0 where n is 0. */
const lnShare = (n: number, all: number): number => (n === 0 ? 0 : n * Math.log(n / all));

/**
 * At most how likely it is that builds which differ by chance alone look as these did: `without` builds all the same at
 * a place, and all `withIt` builds other there, for the worst of all chances p that a build is other:
 * max (1-p)^without · p^withIt, at p = withIt/(without+withIt). Times the number of ways in which `chosen` of `choices`
 * things could have been taken for the reason. Builds are taken to be independent of each other.
 */
export function chanceOf(seen: {
  readonly without: number;
  readonly withIt: number;
  readonly choices: number;
  readonly chosen: number;
}): number {
  const all = seen.without + seen.withIt;
  const table = lnShare(seen.without, all) + lnShare(seen.withIt, all);
  return Math.min(1, Math.exp(lnChoose(seen.choices, seen.chosen) + table));
}

/**
 * The same for what goes where something is held fixed: `held` builds are the same at a place, and of `free` builds
 * without the hold `other` are not as those; one of `holds` holds.
 */
export function chanceOfHold(seen: {
  readonly held: number;
  readonly free: number;
  readonly other: number;
  readonly holds: number;
}): number {
  const ways = { choices: seen.free, chosen: seen.other };
  const one = chanceOf({ without: seen.held + seen.free - seen.other, withIt: seen.other, ...ways });
  return Math.min(1, seen.holds * one);
}
