import type { RecipeFile } from '#schemas/recipe-file.ts';
import type { Built, Lab } from './lab.ts';
import { type Compared, type Place, placesBeyond, placesOf } from './places.ts';
import { spentNote } from './search-result.ts';
import { plainSetting, type Setting } from './setting.ts';
import type { Hold, Variation } from './variation.ts';

/** A build with something varied, against one without. */
export interface Sample {
  /** Ids of what is varied. */
  readonly varied: ReadonlySet<string>;
  readonly built: Built;
  readonly pair: readonly Compared[];
}

/** Two builds under the same conditions that differ though the first two so made did not. */
export interface LateNoise {
  readonly pair: readonly Compared[];
  /** How they were made: "with the umask varied". */
  readonly how: string;
}

/** What variations are held against: a setting, the builds made in it, and what is known to differ between such builds. */
export interface Ground {
  readonly setting: Setting;
  /** With nothing varied; all are compared with the first. */
  readonly builds: readonly [Built, ...Built[]];
  readonly samples: readonly Sample[];
  readonly noise: readonly (readonly Compared[])[];
  readonly late: readonly LateNoise[];
}

interface OpenGround extends Ground {
  readonly builds: [Built, ...Built[]];
  readonly samples: Sample[];
  readonly noise: (readonly Compared[])[];
  readonly late: LateNoise[];
}

/** The builds of one search, each held against what it differs from by the least. */
export class Bench {
  readonly lab: Lab;
  readonly file: RecipeFile;
  readonly cut = new Set<string>();
  /** The last one is what things are varied on; those before it lack one hold or more. */
  readonly #grounds: [OpenGround, ...OpenGround[]];
  /** All that were made, those too on which nothing stands. */
  readonly #made = new Set<OpenGround>();
  /** Beside those: like the last one, but for the one hold that a variation cannot have. */
  readonly #sides = new Map<string, OpenGround>();
  readonly #holding: Hold[] = [];
  readonly #keys = new Map<string, ReadonlySet<string>>();
  readonly #places = new WeakMap<Sample, { noises: number; places: ReadonlyMap<string, Place> }>();
  #failure: string | undefined;

  constructor(lab: Lab, file: RecipeFile, control: Built) {
    this.lab = lab;
    this.file = file;
    const ground: OpenGround = { setting: plainSetting, builds: [control], samples: [], noise: [], late: [] };
    this.#made.add(ground);
    this.#grounds = [ground];
  }

  get plain(): Ground {
    return this.#grounds[0];
  }

  get ground(): Ground {
    return this.#grounds.at(-1) ?? this.#grounds[0];
  }

  /** From the one with nothing held to the one with all of it. */
  get grounds(): readonly [Ground, ...Ground[]] {
    return this.#grounds;
  }

  /** Beside them: without a hold that a variation cannot have. */
  get sides(): readonly Ground[] {
    return [...this.#sides.values()].filter((side) => !this.#grounds.includes(side));
  }

  get holding(): readonly Hold[] {
    return this.#holding;
  }

  /** Why the last build that was asked for is not there: its failure; undefined where none was allowed any more. */
  get failure(): string | undefined {
    return this.#failure;
  }

  async #build(label: string, setting: Setting, after?: Built): Promise<Built | undefined> {
    const outcome = await this.lab.build({ label, setting, ...(after === undefined ? {} : { after }) });
    if (outcome.kind === 'built') return outcome;
    this.#failure = outcome.kind === 'spent' ? undefined : outcome.detail;
    if (outcome.kind === 'spent') this.cut.add(spentNote);
    return undefined;
  }

  /** One build more with nothing varied; gives what differs between it and the first. */
  async again(ground: Ground, how: string): Promise<readonly Compared[] | undefined> {
    const built = await this.#build(`building ${how} once more`, ground.setting, lastOf(ground));
    if (built === undefined) return undefined;
    const pair = await this.lab.compare(ground.builds[0], built);
    const open = this.#open(ground);
    if (pair.length > 0) this.#hear(open, { pair, how }, open.builds.length === 1);
    open.builds.push(built);
    return pair;
  }

  /** One build with `variations`, and where such a one was made before, what differs between the two is noise. */
  async vary(ground: Ground, variations: readonly Variation[]): Promise<Sample | undefined> {
    const varied = new Set(variations.map(({ id }) => id));
    const before = samplesOf(ground, varied);
    const what = variations.length > 3 ? `${variations.length} things together` : titleOf(variations);
    const label = `varying ${what}${before.length > 0 ? ' once more' : ''}`;
    const setting = variations.reduce((done, { apply }) => apply(done, this.lab.tools), ground.setting);
    const built = await this.#build(label, setting, before.at(-1)?.built);
    return built && this.take(ground, variations, built, await this.lab.compare(ground.builds[0], built));
  }

  /** Takes up a build that was made and compared with the first of `ground`. */
  async take(
    ground: Ground,
    variations: readonly Variation[],
    built: Built,
    pair: readonly Compared[],
  ): Promise<Sample> {
    const sample = { varied: new Set(variations.map(({ id }) => id)), built, pair };
    const [first] = samplesOf(ground, sample.varied);
    const open = this.#open(ground);
    if (first !== undefined) {
      const noise = await this.lab.compare(first.built, built);
      if (noise.length > 0)
        this.#hear(open, { pair: noise, how: `with ${titleOf(variations)} varied` }, false);
    }
    open.samples.push(sample);
    return sample;
  }

  /** What a variation is held against: the last ground, or one made for it without the hold that it cannot have. */
  async groundFor({ without = '' }: Variation): Promise<Ground | undefined> {
    const conflict = this.#holding.find(({ id }) => id === without);
    if (conflict === undefined) return this.ground;
    const known = this.#sides.get(without);
    if (known !== undefined) return known;
    const others = this.#holding.filter((hold) => hold !== conflict);
    const side = others.length === 0 ? this.#grounds[0] : await this.#side(others);
    if (side === undefined) return undefined;
    // What the conflicting hold holds goes on there: what it has been seen to change says nothing.
    const going = new Set([conflict.instead ?? '']);
    const moved = this.#grounds.flatMap((ground) => samplesOf(ground, going).map(({ pair }) => pair));
    const heard = this.#grounds.slice(0, 1).flatMap(({ noise }) => noise);
    side.noise.push(...new Set([...moved, ...heard].filter((pair) => !side.noise.includes(pair))));
    this.#sides.set(without, side);
    return side;
  }

  #side(holds: readonly Hold[]): Promise<OpenGround | undefined> {
    const setting = holds.reduce((done, { apply }) => apply(done, this.lab.tools), plainSetting);
    return this.#prepare(setting, `with ${titleOf(holds)} held fixed`);
  }

  async #prepare(setting: Setting, how: string): Promise<OpenGround | undefined> {
    const first = await this.#build(`building ${how}`, setting);
    const second = first && (await this.#build(`building ${how} once more`, setting, first));
    if (first === undefined || second === undefined) return undefined;
    const noise = [await this.lab.compare(first, second)];
    const ground: OpenGround = { setting, builds: [first, second], samples: [], noise, late: [] };
    this.#made.add(ground);
    return ground;
  }

  /** Two builds with `hold` besides all that is held; nothing stands on them before `keep`. */
  hold(hold: Hold): Promise<Ground | undefined> {
    const setting = hold.apply(this.ground.setting, this.lab.tools);
    return this.#prepare(setting, `with ${hold.title} held fixed`);
  }

  /** Stands on `ground` from now on, which `hold` has made. */
  keep(hold: Hold, ground: Ground): void {
    this.#holding.push(hold);
    this.#grounds.push(this.#open(ground));
  }

  /** What differs with `sample` and not by itself, as far as is known now. */
  placesOf(ground: Ground, sample: Sample): ReadonlyMap<string, Place> {
    const noise = this.#noiseOf(ground);
    const known = this.#places.get(sample);
    if (known?.noises === noise.length) return known.places;
    const places = placesBeyond(sample.pair, noise);
    this.#places.set(sample, { noises: noise.length, places });
    return places;
  }

  /** With what differs late though more is held: that differs by itself everywhere. */
  #noiseOf(ground: Ground): readonly (readonly Compared[])[] {
    const at = this.#grounds.findIndex((one) => one === ground);
    const more = at < 0 ? this.#grounds.slice(-1) : this.#grounds.slice(at + 1);
    return [...ground.noise, ...more.flatMap(({ late }) => late.map(({ pair }) => pair))];
  }

  /** Names of the places where two builds differ. */
  async differing(a: Built, b: Built): Promise<ReadonlySet<string>> {
    const name = JSON.stringify([a.folder, b.folder]);
    const known = this.#keys.get(name) ?? new Set(placesOf(await this.lab.compare(a, b)).keys());
    this.#keys.set(name, known);
    return known;
  }

  #hear(ground: OpenGround, heard: LateNoise, isFirst: boolean): void {
    ground.noise.push(heard.pair);
    if (!isFirst) ground.late.push(heard);
  }

  #open(ground: Ground): OpenGround {
    for (const made of this.#made) if (made === ground) return made;
    throw new Error('a ground of another bench');
  }
}

function lastOf({ builds }: Ground): Built {
  return builds.at(-1) ?? builds[0];
}

/** The builds of `ground` with exactly `varied`. */
export function samplesOf({ samples }: Ground, varied: ReadonlySet<string>): readonly Sample[] {
  return samples.filter((one) => one.varied.size === varied.size && isSubset(varied, one.varied));
}

export function isSubset(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  return [...some].every((one) => all.has(one));
}

/** Things varied, in words: "the user, the umask and the locale". */
export function titleOf(variations: readonly { readonly title: string }[]): string {
  const titles = variations.map(({ title }) => title);
  const last = titles.at(-1) ?? '';
  return titles.length < 2 ? last : `${titles.slice(0, -1).join(', ')} and ${last}`;
}
