import type { CheckCause, VariationResult } from '#schemas/check.ts';
import type { RecipeFile } from '#schemas/recipe-file.ts';
import { nameChance, quoteExplainers } from './chance.ts';
import { confirm } from './confirm.ts';
import type { Built, Lab } from './lab.ts';
import { isOwnTime } from './moments.ts';
import { type Compared, isAllNoise, type Place, placesBeyond, placesOf } from './places.ts';
import { obstacleOf } from './possible.ts';
import {
  countUnexplained,
  describe,
  judge,
  type Proven,
  type ResultsOf,
  type SearchResult,
  spentNote,
} from './search-result.ts';
import { plainSetting, type Setting } from './setting.ts';
import { tryFixes } from './try-fixes.ts';
import type { Hold, Variation } from './variation.ts';

/** A build, how it was made, and what differs between it and another made so. */
interface Conditions {
  readonly setting: Setting;
  readonly built: Built;
  readonly noise: readonly Compared[];
}

/** One search after the first two builds were found to differ. */
export class SearchForCauses {
  readonly #lab: Lab;
  readonly #file: RecipeFile;
  readonly #control: Built;
  readonly #held: VariationResult[] = [];
  readonly #proven: Proven[] = [];
  readonly #unproven: CheckCause[] = [];
  readonly #cut = new Set<string>();
  /** What differs by itself under the conditions of the baseline: what a hold has removed is no noise any more. */
  #noise: readonly Compared[] = [];
  #byItself: readonly Compared[] = [];
  /** What single variations made differ. */
  readonly #pairs: (readonly Compared[])[] = [];
  readonly #holding: Hold[] = [];
  #setting = plainSetting;
  #baseline: Built;

  constructor(lab: Lab, file: RecipeFile, control: Built) {
    this.#lab = lab;
    this.#file = file;
    this.#control = control;
    this.#baseline = control;
  }

  async run(given: {
    readonly possible: readonly Variation[];
    readonly holds: readonly Hold[];
    readonly results: ResultsOf;
    readonly differing: readonly Compared[];
  }): Promise<SearchResult> {
    const again = await this.#build('building by the recipe once more', plainSetting, this.#control);
    const byItself = again === undefined ? [] : await this.#lab.compare(this.#control, again);
    if (again !== undefined && byItself.length > 0) await this.#hold(given.holds, byItself, again);
    const known = new Map<string, VariationResult>();
    for (const variation of given.possible) known.set(variation.id, await this.#vary(variation));
    const causes = [...(await tryFixes(this.#lab, this.#holding, this.#proven)), ...this.#unproven];
    const differing = [given.differing, byItself, ...this.#pairs].find((pair) => pair.length > 0) ?? [];
    const unexplained = countUnexplained(differing, causes, this.#proven);
    const failing = given.possible.filter(({ id }) => known.get(id)?.outcome === 'build-failed');
    return {
      ...judge(differing.length > 0, failing, causes, unexplained),
      control: this.#control,
      varied: given.results('not-tried', known),
      held: this.#held,
      causes,
      differing,
      unexplained,
      cut: [...this.#cut],
    };
  }

  /** Undefined where it failed or was not made; `failure` then says why. */
  async #build(label: string, setting: Setting, after?: Built): Promise<Built | undefined> {
    const outcome = await this.#lab.build({ label, setting, ...(after === undefined ? {} : { after }) });
    if (outcome.kind === 'built') return outcome;
    this.#failure = outcome.kind === 'spent' ? undefined : outcome.detail;
    if (outcome.kind === 'spent') this.#cut.add(spentNote);
    return undefined;
  }
  #failure: string | undefined;

  #missed(variation: Variation | Hold): VariationResult {
    const detail = this.#failure;
    return detail === undefined
      ? { ...describe(variation), outcome: 'not-tried', detail: spentNote }
      : { ...describe(variation), outcome: 'build-failed', detail };
  }

  /** Holds one thing after the other fixed until two builds are the same: what each of them removes is proven. */
  async #hold(holds: readonly Hold[], byItself: readonly Compared[], again: Built): Promise<void> {
    this.#noise = byItself;
    this.#byItself = byItself;
    let left = this.#ownTimes(holds, byItself, again);
    let pair = byItself;
    for (const hold of holds) {
      if (left.size === 0) return;
      const obstacle = obstacleOf(hold, this.#file, this.#lab);
      if (obstacle !== undefined) {
        this.#held.push({ ...describe(hold), ...obstacle });
        continue;
      }
      const setting = hold.apply(this.#setting, this.#lab.tools);
      const first = await this.#build(`building with ${hold.title} held fixed`, setting);
      const second =
        first && (await this.#build(`building with ${hold.title} held fixed once more`, setting, first));
      if (first === undefined || second === undefined) {
        this.#held.push(this.#missed(hold));
        continue;
      }
      const next = await this.#lab.compare(first, second);
      const beyond = placesBeyond(pair, [next]);
      const removed = new Map([...left].filter(([key]) => beyond.has(key)));
      this.#held.push({ ...describe(hold), outcome: removed.size > 0 ? 'same' : 'differs' });
      if (removed.size === 0) continue;
      this.#prove(hold, pair, removed, `with ${hold.title} held fixed they do not`);
      this.#holding.push(hold);
      this.#setting = setting;
      this.#baseline = first;
      this.#noise = next;
      pair = next;
      left = this.#withoutOwnTimes(next, first, second);
    }
    const missed = this.#held.some(({ outcome }) => outcome !== 'same' && outcome !== 'differs');
    this.#unproven.push(...(missed ? quoteExplainers(pair, left) : nameChance(pair, left)));
  }

  /** Times that archives record need no hold: each is the time of its own build. Gives what is left to explain. */
  #ownTimes(holds: readonly Hold[], pair: readonly Compared[], again: Built): Map<string, Place> {
    const left = this.#withoutOwnTimes(pair, this.#control, again);
    const own = new Map([...placesOf(pair)].filter(([key]) => !left.has(key)));
    const clock = holds.find(({ id }) => id === 'clock');
    if (clock !== undefined) {
      const proof = { ...clock, causes: ['build-time-in-metadata'] as const };
      this.#prove(proof, pair, own, 'each of them is the time at which that very build ran');
    }
    return left;
  }

  #withoutOwnTimes(pair: readonly Compared[], a: Built, b: Built): Map<string, Place> {
    return new Map([...placesOf(pair)].filter(([, place]) => !isOwnTime(place, a.span, b.span)));
  }

  #prove(hold: Hold, pair: readonly Compared[], places: ReadonlyMap<string, Place>, seen: string): void {
    const proof = {
      causes: hold.causes,
      statement: `${capital(hold.title)} gets into what is built`,
      remedy: hold.remedy,
      sentence: `Two builds by the same recipe differ here; ${seen}.`,
    };
    for (const cause of confirm(pair, places, proof))
      this.#proven.push({ by: hold, cause, places, varies: false });
  }

  /** Builds with one variation alone, and again where that makes a difference: it must be made twice. */
  async #vary(variation: Variation): Promise<VariationResult> {
    const replaced = this.#holding.some(({ instead }) => instead === variation.id);
    if (replaced) return { ...describe(variation), outcome: 'differs', detail: 'any two builds show it' };
    const base = await this.#conditions(variation.without);
    if (base === undefined) return this.#missed(variation);
    const outputs = this.#control.outputs.map(({ path }) => path);
    if (isAllNoise(outputs, base.noise))
      return { ...describe(variation), outcome: 'not-tried', detail: 'all of the output differs by itself' };
    const setting = variation.apply(base.setting, this.#lab.tools);
    const built = await this.#build(`varying ${variation.title}`, setting);
    if (built === undefined) return this.#missed(variation);
    const pair = await this.#lab.compare(base.built, built);
    if (placesBeyond(pair, [base.noise]).size === 0) return { ...describe(variation), outcome: 'same' };
    const again = await this.#build(`varying ${variation.title} once more`, setting, built);
    if (again === undefined) return this.#missed(variation);
    const places = placesBeyond(pair, [base.noise, await this.#lab.compare(built, again)]);
    if (places.size === 0) return { ...describe(variation), outcome: 'same' };
    this.#pairs.push(pair);
    const proof = {
      causes: variation.causes,
      statement: `The build depends on ${variation.title}`,
      remedy: variation.remedy,
      sentence: `Two builds with ${variation.title} varied, and nothing else, differ here from those without.`,
    };
    for (const cause of confirm(pair, places, proof))
      this.#proven.push({ by: variation, cause, places, varies: true });
    return { ...describe(variation), outcome: 'differs' };
  }

  /** What a variation is held against: the baseline, or one made anew without the hold that it cannot have. */
  async #conditions(without: string | undefined): Promise<Conditions | undefined> {
    const others = this.#holding.filter(({ id }) => id !== without);
    if (others.length === this.#holding.length)
      return { setting: this.#setting, built: this.#baseline, noise: this.#noise };
    if (others.length === 0) return { setting: plainSetting, built: this.#control, noise: this.#byItself };
    const setting = others.reduce<Setting>(
      (before, { apply }) => apply(before, this.#lab.tools),
      plainSetting,
    );
    const built = await this.#build('building with the clock running', setting);
    const again = built && (await this.#build('building with the clock running once more', setting, built));
    return built && again && { setting, built, noise: await this.#lab.compare(built, again) };
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
