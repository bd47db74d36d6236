import type { CheckCause, VariationResult } from '#schemas/check.ts';
import type { Bench, Ground } from './bench.ts';
import { nameChance, quoteExplainers } from './chance.ts';
import type { Built } from './lab.ts';
import { isOwnTime } from './moments.ts';
import { type Compared, type Place, placesBeyond, placesOf } from './places.ts';
import { obstacleOf } from './possible.ts';
import { describe, missed } from './search-result.ts';
import type { Hold } from './variation.ts';

/** What went when something was held fixed. */
export interface Removed {
  readonly hold: Hold;
  /** Two builds without the hold. */
  readonly pair: readonly Compared[];
  readonly places: ReadonlyMap<string, Place>;
  /** The builds with it; undefined where the values themselves are the proof: times of their own builds. */
  readonly to: Ground | undefined;
}

export interface HeldFixed {
  readonly held: readonly VariationResult[];
  readonly removed: readonly Removed[];
  /** What is left though all is held fixed. */
  readonly left: readonly CheckCause[];
}

/** Holds one thing after the other fixed until two builds are the same: what goes with each of them came from it. */
export async function holdFixed(
  bench: Bench,
  holds: readonly Hold[],
  byItself: readonly Compared[],
): Promise<HeldFixed> {
  const held: VariationResult[] = [];
  const removed: Removed[] = [];
  let [pair, left] = [byItself, withoutOwnTimes(byItself, bench.plain.builds)];
  const clock = holds.find(({ instead }) => instead === 'time');
  const own = new Map([...placesOf(pair)].filter(([key]) => !left.has(key)));
  if (clock !== undefined && own.size > 0)
    removed.push({
      hold: { ...clock, causes: ['build-time-in-metadata'] },
      pair,
      places: own,
      to: undefined,
    });
  for (const hold of holds) {
    if (left.size === 0) return { held, removed, left: [] };
    const obstacle = obstacleOf(hold, bench.file, bench.lab);
    if (obstacle !== undefined) {
      held.push({ ...describe(hold), ...obstacle });
      continue;
    }
    const ground = await bench.hold(hold);
    if (ground === undefined) {
      held.push(missed(hold, bench.failure));
      continue;
    }
    const gone = await goneWith(bench, hold, ground, pair, left);
    const next = ground.noise.flat();
    held.push({ ...describe(hold), outcome: gone.size > 0 ? 'same' : 'differs' });
    if (gone.size === 0) continue;
    bench.keep(hold, ground);
    removed.push({ hold, pair, places: gone, to: bench.ground });
    pair = next;
    left = withoutOwnTimes(next, ground.builds);
  }
  const isMissed = held.some(({ outcome }) => outcome !== 'same' && outcome !== 'differs');
  return { held, removed, left: isMissed ? quoteExplainers(pair, left) : nameChance(pair, left) };
}

/** Builds with a hold where no explainer says that it is what a place depends on: two may be the same by chance. */
const heldBuilds = 6;

/** Which places of `left` are the same in all builds of `ground`. */
async function goneWith(
  bench: Bench,
  hold: Hold,
  ground: Ground,
  pair: readonly Compared[],
  left: ReadonlyMap<string, Place>,
): Promise<ReadonlyMap<string, Place>> {
  const gone = (): Map<string, Place> => {
    const beyond = placesBeyond(pair, ground.noise);
    return new Map([...left].filter(([key]) => beyond.has(key)));
  };
  const isExpected = ({ difference }: Place): boolean => hold.causes.includes(difference.cause ?? '');
  const how = `with ${hold.title} held fixed`;
  while (ground.builds.length < heldBuilds && [...gone().values()].some((place) => !isExpected(place)))
    if ((await bench.again(ground, how)) === undefined) break;
  return gone();
}

/** Times that archives record need no hold: each is the time of its own build. Gives what is left to explain. */
function withoutOwnTimes(pair: readonly Compared[], [a, b]: readonly Built[]): Map<string, Place> {
  const isOwn = (place: Place): boolean =>
    a !== undefined && b !== undefined && isOwnTime(place, a.span, b.span);
  return new Map([...placesOf(pair)].filter(([, place]) => !isOwn(place)));
}
