import { type Bench, type Ground, isSubset, type Sample, samplesOf, titleOf } from './bench.ts';
import { countAgreeing, isSure, quietBuilds, type Weight } from './make-sure.ts';
import { minimalSet, type Shown } from './minimal-set.ts';
import type { Place } from './places.ts';
import { chanceMax, chanceOf } from './probability.ts';
import type { Variation } from './variation.ts';

/** Variations that make something differ only where all of them are there. */
export interface Together {
  readonly members: readonly Variation[];
  readonly places: ReadonlyMap<string, Place>;
  readonly pair: Sample['pair'];
  readonly ground: Ground;
  readonly weight: Weight;
}

export interface VariedTogether {
  readonly found: readonly Together[];
  /** Members of sets with which the build fails, though not with fewer of them. */
  readonly failing: readonly { readonly members: readonly Variation[]; readonly detail: string }[];
}

const setsMax = 8;

/** Builds by what is varied in them: each set is built once for all questions that are asked of it. */
class Sets {
  readonly #bench: Bench;
  readonly #ground: Ground;
  readonly #failures = new Map<string, string>();

  constructor(bench: Bench, ground: Ground) {
    this.#bench = bench;
    this.#ground = ground;
  }

  /** The first sample with exactly these, the words of its failure, or undefined where none may be built any more. */
  async of(members: readonly Variation[]): Promise<Sample | string | undefined> {
    const name = nameOf(members);
    const [known] = samplesOf(this.#ground, new Set(members.map(({ id }) => id)));
    if (known !== undefined) return known;
    const failed = this.#failures.get(name);
    if (failed !== undefined) return failed;
    const sample = await this.#bench.vary(this.#ground, members);
    if (sample !== undefined) return sample;
    const { failure } = this.#bench;
    if (failure !== undefined) this.#failures.set(name, failure);
    return failure;
  }

  fails(members: readonly Variation[], detail: string): void {
    this.#failures.set(nameOf(members), detail);
  }
}

function nameOf(members: readonly Variation[]): string {
  return JSON.stringify(members.map(({ id }) => id).toSorted());
}

/**
 * Finds the smallest sets of variations with which something differs (or the build fails) that with none of their members
 * left out does: for each place that differs with everything varied and with nothing varied alone.
 */
export async function varyTogether(
  bench: Bench,
  ground: Ground,
  variations: readonly Variation[],
  known: ReadonlySet<string>,
  failed: readonly { readonly varied: readonly Variation[]; readonly detail: string }[],
): Promise<VariedTogether> {
  const sets = new Sets(bench, ground);
  for (const { varied, detail } of failed) sets.fails(varied, detail);
  let open = variations.filter(
    (one) => !failed.some(({ varied }) => varied.length === 1 && varied[0] === one),
  );
  const inOrder = (members: readonly Variation[]) => variations.filter((one) => members.includes(one));
  const failing: { members: readonly Variation[]; detail: string }[] = [];
  while (open.length > 1 && failing.length < setsMax) {
    const everything = await sets.of(open);
    if (typeof everything !== 'string')
      return {
        found: everything === undefined ? [] : await explain(bench, ground, sets, open, known),
        failing,
      };
    const members = await minimalSet(open, async (subset): Promise<Shown> => {
      const made = await sets.of(inOrder(subset));
      return made === undefined ? undefined : typeof made === 'string';
    });
    const [last] = members ?? [];
    if (members === undefined || last === undefined) return { found: [], failing };
    const detail = await sets.of(inOrder(members));
    failing.push({ members: inOrder(members), detail: typeof detail === 'string' ? detail : '' });
    open = open.filter((one) => one !== last);
  }
  return { found: [], failing };
}

async function explain(
  bench: Bench,
  ground: Ground,
  sets: Sets,
  all: readonly Variation[],
  known: ReadonlySet<string>,
): Promise<readonly Together[]> {
  const found: Together[] = [];
  const givenUp = new Set(known);
  const inOrder = (members: readonly Variation[]) => all.filter((one) => members.includes(one));
  const shownBy = async (members: readonly Variation[]): Promise<ReadonlyMap<string, Place> | undefined> => {
    const made = await sets.of(inOrder(members));
    if (made === undefined) return undefined;
    return typeof made === 'string' ? new Map() : bench.placesOf(ground, made);
  };
  const singly = (one: Variation) => samplesOf(ground, new Set([one.id])).length > 0;
  for (const one of all)
    if (!singly(one) && leftOver(bench, ground, all, found, givenUp).size > 0) await sets.of([one]);
  // Builds with everything, until chance is sorted out: else it would be looked for in vain, by many builds.
  for (const whole = new Set(all.map(({ id }) => id)); ;) {
    const keys = [...leftOver(bench, ground, all, found, givenUp).keys()];
    const withIt = samplesOf(ground, whole).length;
    const without = Math.min(...keys.map((key) => quietBuilds(bench, key, new Set())));
    if (keys.length === 0 || chanceOf({ without, withIt, choices: 1, chosen: 0 }) <= chanceMax) break;
    if ((await bench.vary(ground, all)) === undefined) break;
  }
  for (let round = 0; round < setsMax; round += 1) {
    const [target] = leftOver(bench, ground, all, found, givenUp).keys();
    if (target === undefined) break;
    const members = await minimalSet(all, async (subset) => (await shownBy(subset))?.has(target));
    if (members === undefined) break;
    const one =
      members.length > 1 ? await claim(bench, ground, sets, inOrder(members), target, all.length) : undefined;
    if (one?.places.has(target) === true) found.push(one);
    else givenUp.add(target);
  }
  return found;
}

/** Places that differ with everything varied, and that neither one variation alone nor a known set shows. */
function leftOver(
  bench: Bench,
  ground: Ground,
  all: readonly Variation[],
  found: readonly Together[],
  givenUp: ReadonlySet<string>,
): ReadonlyMap<string, Place> {
  const [everything] = samplesOf(ground, new Set(all.map(({ id }) => id)));
  const known = new Set<string>([...givenUp, ...found.flatMap(({ places }) => [...places.keys()])]);
  for (const sample of ground.samples.filter(({ varied }) => varied.size === 1))
    for (const key of bench.placesOf(ground, sample).keys()) known.add(key);
  const places = everything === undefined ? new Map<string, Place>() : bench.placesOf(ground, everything);
  return new Map([...places].filter(([key]) => !known.has(key)));
}

/** Repeats the build with `members` until chance is too unlikely; the places that need all of them. */
async function claim(
  bench: Bench,
  ground: Ground,
  sets: Sets,
  members: readonly Variation[],
  target: string,
  choices: number,
): Promise<Together | undefined> {
  const sample = await sets.of(members);
  if (sample === undefined || typeof sample === 'string') return undefined;
  const fewer: Sample[] = [];
  for (const left of members) {
    const made = await sets.of(members.filter((one) => one !== left));
    if (made !== undefined && typeof made !== 'string') fewer.push(made);
  }
  const weighed = async (): Promise<Weight> => {
    const whole = samplesOf(ground, sample.varied);
    const more = ground.samples.filter(
      ({ varied }) => varied.size > members.length && isSubset(sample.varied, varied),
    );
    const builds = more.map(({ built }) => built);
    const withIt = whole.length + (await countAgreeing(bench, target, sample.built, builds));
    const without =
      quietBuilds(bench, target, new Set()) +
      fewer.filter((one) => one.varied.size > 1 && !bench.placesOf(ground, one).has(target)).length;
    return { withIt, without, chance: chanceOf({ without, withIt, choices, chosen: members.length }) };
  };
  let weight = await weighed();
  while (!isSure(weight) || samplesOf(ground, sample.varied).length < 2) {
    const more =
      weight.without <= weight.withIt
        ? bench.again(ground, 'with nothing varied')
        : bench.vary(ground, members);
    if ((await more) === undefined) break;
    if (!bench.placesOf(ground, sample).has(target)) return undefined;
    weight = await weighed();
  }
  const places = [...bench.placesOf(ground, sample)].filter(([key]) =>
    fewer.every((one) => !bench.placesOf(ground, one).has(key)),
  );
  return { members, places: new Map(places), pair: sample.pair, ground, weight };
}

/** What a set does, as one thing that can be varied: its name, its remedies, and what to try of the recipe. */
export function asOne(members: readonly Variation[]): Variation {
  return {
    id: members.map(({ id }) => id).join('+'),
    title: `${titleOf(members)} together`,
    how: members.map(({ how }) => how).join('; '),
    remedy: members
      .map(({ remedy }) => remedy)
      .join(' ')
      .slice(0, 1500),
    causes: ['together'],
    changes: members.flatMap(({ changes = [] }) => changes),
    apply: (setting, tools) => members.reduce((done, { apply }) => apply(done, tools), setting),
  };
}
