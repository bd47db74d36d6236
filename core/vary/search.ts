import type { CheckCause, VariationResult } from '#schemas/check.ts';
import type { RecipeFile } from '#schemas/recipe-file.ts';
import { nameChance } from './chance.ts';
import { confirm } from './confirm.ts';
import { holds as allHolds } from './holds.ts';
import type { BuildOutcome, Built, Lab } from './lab.ts';
import { isOwnTime } from './moments.ts';
import { type Compared, type Place, placesBeyond, placesOf } from './places.ts';
import { obstacleOf } from './possible.ts';
import { plainSetting, type Setting } from './setting.ts';
import { tryFixes } from './try-fixes.ts';
import type { Hold, Variation } from './variation.ts';
import { variations as allVariations } from './variations.ts';

/** What a search has found. */
export interface SearchResult {
  readonly result: 'reproducible' | 'not-reproducible' | 'build-failed' | 'not-established';
  readonly detail: string;
  readonly control?: Built;
  readonly varied: readonly VariationResult[];
  readonly held: readonly VariationResult[];
  readonly causes: readonly CheckCause[];
  /** The build by the recipe against the one with all varied, or against another by the recipe. */
  readonly differing: readonly Compared[];
  readonly unexplained: number;
  readonly cut: readonly string[];
}

/** A cause with what is needed to try its remedy. */
export interface Proven {
  readonly by: Variation | Hold;
  readonly cause: CheckCause;
  readonly places: ReadonlyMap<string, Place>;
  /** Whether it shows only where `by` is applied; else two builds differ by themselves. */
  readonly varies: boolean;
}

const spentNote = 'the number of builds is used up: allow more with --builds';

/**
 * Builds by the recipe and with everything varied; where the two differ, finds out by what: first what differs between
 * any two builds, by holding one thing after the other fixed, then what differs with each variation alone. A difference
 * is proven to come from what makes it appear, and whose absence makes it go.
 */
export async function search(
  lab: Lab,
  file: RecipeFile,
  { variations, holds }: { readonly variations: readonly Variation[]; readonly holds: readonly Hold[] } = {
    variations: allVariations,
    holds: allHolds,
  },
): Promise<SearchResult> {
  const { possible, results } = sortOut(variations, file, lab);
  const nothing = { held: [], causes: [], differing: [], unexplained: 0, cut: [] };
  const control = await lab.build({ label: 'building by the recipe', setting: plainSetting });
  if (control.kind !== 'built') return { ...nothing, ...whyNotBuilt(control), varied: results('not-tried') };
  const all = applyAll(plainSetting, possible, lab);
  const everything = await lab.build({
    label: 'building with everything varied',
    setting: all,
    after: control,
  });
  const differing = everything.kind === 'built' ? await lab.compare(control, everything) : [];
  if (everything.kind === 'built' && differing.length === 0)
    return {
      ...nothing,
      control,
      result: 'reproducible',
      detail: `Two builds are the same, byte for byte, with ${possible.length} things varied between them.`,
      varied: results('same'),
    };
  return new Search(lab, file, control).run({ possible, holds, results, differing });
}

function whyNotBuilt(outcome: Exclude<BuildOutcome, Built>): Pick<SearchResult, 'result' | 'detail'> {
  if (outcome.kind === 'spent') return { result: 'not-established', detail: spentNote };
  return { result: outcome.own ? 'build-failed' : 'not-established', detail: outcome.detail };
}

type ResultsOf = (
  outcome: VariationResult['outcome'],
  known?: ReadonlyMap<string, VariationResult>,
) => VariationResult[];

function describe({ id, title, how }: Variation | Hold): Pick<VariationResult, 'id' | 'title' | 'how'> {
  return { id, title, how };
}

/** Which variations can be tried here, and a way to list all of them with what came of each. */
function sortOut(
  variations: readonly Variation[],
  file: RecipeFile,
  lab: Lab,
): { readonly possible: readonly Variation[]; readonly results: ResultsOf } {
  const obstacles = new Map(variations.map((variation) => [variation.id, obstacleOf(variation, file, lab)]));
  return {
    possible: variations.filter(({ id }) => obstacles.get(id) === undefined),
    results: (outcome, known = new Map()) =>
      variations.map((variation) => ({
        ...describe(variation),
        outcome,
        ...obstacles.get(variation.id),
        ...known.get(variation.id),
      })),
  };
}

function applyAll(setting: Setting, variations: readonly Variation[], lab: Lab): Setting {
  return variations.reduce((before, { apply }) => apply(before, lab.tools), setting);
}

/** One search after the first two builds were found to differ. */
class Search {
  readonly #lab: Lab;
  readonly #file: RecipeFile;
  readonly #control: Built;
  readonly #held: VariationResult[] = [];
  readonly #proven: Proven[] = [];
  readonly #unproven: CheckCause[] = [];
  readonly #cut = new Set<string>();
  /** Pairs of builds under the same conditions. */
  readonly #noise: (readonly Compared[])[] = [];
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
    const differing = given.differing.length > 0 ? given.differing : byItself;
    const unexplained = this.#unexplained(differing, causes);
    return {
      result: 'not-reproducible',
      detail: sentenceOf(causes, unexplained),
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
    this.#noise.push(byItself);
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
      this.#prove(hold, pair, removed, `${hold.title} held fixed makes them the same`);
      this.#holding.push(hold);
      this.#setting = setting;
      this.#baseline = first;
      this.#noise.push(next);
      pair = next;
      left = this.#withoutOwnTimes(next, first, second);
    }
    if (left.size > 0) this.#unproven.push(...nameChance(pair, left));
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
    const replaced = this.#held.some(({ id, outcome }) => id === holdFor(variation) && outcome === 'same');
    if (replaced) return { ...describe(variation), outcome: 'differs', detail: 'any two builds show it' };
    const setting = variation.apply(this.#setting, this.#lab.tools);
    const built = await this.#build(`varying ${variation.title}`, setting, this.#baseline);
    if (built === undefined) return this.#missed(variation);
    const pair = await this.#lab.compare(this.#baseline, built);
    if (placesBeyond(pair, this.#noise).size === 0) return { ...describe(variation), outcome: 'same' };
    const again = await this.#build(`varying ${variation.title} once more`, setting, built);
    if (again === undefined) return this.#missed(variation);
    const places = placesBeyond(pair, [...this.#noise, await this.#lab.compare(built, again)]);
    if (places.size === 0) return { ...describe(variation), outcome: 'same' };
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

  /** Differences of the first comparison at places of which no experiment spoke. */
  #unexplained(differing: readonly Compared[], causes: readonly CheckCause[]): number {
    const spoken = new Set(
      causes.flatMap(({ output, evidence }) =>
        evidence.map(({ path, field }) => JSON.stringify([output, path, field ?? ''])),
      ),
    );
    const places = this.#proven.flatMap((proven) => [...proven.places.values()]);
    for (const { output, difference } of places)
      spoken.add(JSON.stringify([output, difference.path, difference.field ?? '']));
    return differing
      .flatMap(({ output, comparison }) =>
        comparison.differences.map(({ path, field }) => JSON.stringify([output, path, field ?? ''])),
      )
      .filter((place) => !spoken.has(place)).length;
  }
}

/** The hold that shows what a variation would. */
function holdFor({ id }: Variation): string {
  return allHolds.find(({ instead }) => instead === id)?.id ?? '';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentenceOf(causes: readonly CheckCause[], unexplained: number): string {
  const names = [...new Set(causes.map(({ id }) => id))];
  const known =
    names.length === 0
      ? 'no experiment led to a cause'
      : `${names.length === 1 ? 'the cause is' : 'the causes are'} ${names.join(', ')}`;
  const more = unexplained === 0 ? '' : `; ${unexplained} differences are left without one`;
  return `Builds of the same recipe differ: ${known}${more}.`;
}
