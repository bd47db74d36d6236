import type { CheckCause, SetResult, VariationResult } from '#schemas/check.ts';
import type { RecipeFile } from '#schemas/recipe-file.ts';
import { Bench, type Ground, titleOf } from './bench.ts';
import { nameChance, nameLateChance } from './chance.ts';
import { confirm } from './confirm.ts';
import { type HeldFixed, holdFixed, type Removed } from './hold-fixed.ts';
import type { BuildOutcome, Built, Lab } from './lab.ts';
import {
  isSure,
  makeSure,
  makeSureOfHolds,
  placesOfSuspects,
  type PlacesOf,
  weigh,
  weighHold,
} from './make-sure.ts';
import { type Compared, isAllNoise, type Place, placesOf } from './places.ts';
import { proofOfHold, proofOfSet, proofOfVariation } from './proofs.ts';
import { countUnexplained, judge, type Proven, type ResultsOf, type SearchResult } from './search-result.ts';
import { tryFixes } from './try-fixes.ts';
import { type Suspect, varySingly } from './vary-singly.ts';
import { asOne, type Together, type VariedTogether, varyTogether } from './vary-together.ts';
import type { Hold, Variation } from './variation.ts';

/** What the first two builds have shown, and what there is to try. */
export interface Beginning {
  readonly control: Built;
  readonly everything: BuildOutcome;
  readonly differing: readonly Compared[];
  readonly possible: readonly Variation[];
  readonly holds: readonly Hold[];
  readonly results: ResultsOf;
  /** Builds with some of the variations, where the one with all of them is the same as by the recipe. */
  readonly parts: readonly PartBuilt[];
}

export interface PartBuilt {
  readonly varied: readonly Variation[];
  readonly outcome: BuildOutcome;
  readonly pair: readonly Compared[];
}

/** The search after the first two builds were found to differ. */
export async function searchForCauses(lab: Lab, file: RecipeFile, begun: Beginning): Promise<SearchResult> {
  const { control, everything, possible, holds, results } = begun;
  const bench = new Bench(lab, file, control);
  if (everything.kind === 'built') await bench.take(bench.plain, possible, everything, begun.differing);
  for (const { varied, outcome, pair } of begun.parts)
    if (outcome.kind === 'built') await bench.take(bench.plain, varied, outcome, pair);
  const byItself = (await bench.again(bench.plain, 'by the recipe')) ?? [];
  const none: HeldFixed = { held: [], removed: [], left: [] };
  const fixed = byItself.length === 0 ? none : await holdFixed(bench, holds, byItself);
  const { suspects, results: known } = await varySingly(bench, possible, holds);
  await makeSure(bench, suspects, possible.length);
  await makeSureOfHolds(bench, fixed.removed, holds.length);
  const explained = new Set([
    ...fixed.removed.flatMap((one) => [...one.places.keys()]),
    ...[...placesOfSuspects(bench, suspects).values()].flatMap((one) => [...one.keys()]),
  ]);
  const together = await varyInSets(bench, begun, known, explained);
  const places = placesOfSuspects(bench, suspects);
  const byHolds = await provenByHolds(bench, fixed.removed, holds.length);
  const proven = [
    ...byHolds.proven,
    ...(await provenSingly(bench, suspects, places, possible.length)),
    ...together.found.flatMap((one) => provenTogether(one)),
  ];
  const unproven = [...fixed.left, ...byHolds.chance, ...nameLateChance(bench.grounds, bench.sides)];
  const causes = [...(await tryFixes(lab, bench.holding, proven)), ...unproven];
  for (const { variation } of suspects)
    if (proven.some(({ by }) => by === variation))
      known.set(variation.id, { ...(known.get(variation.id) as VariationResult), outcome: 'differs' });
  const parts = begun.parts.map(({ pair }) => pair);
  const pairs = [begun.differing, ...parts, byItself, ...bench.ground.samples.map(({ pair }) => pair)];
  const differing = pairs.find((pair) => pair.length > 0) ?? [];
  const unexplained = countUnexplained(differing, causes, proven);
  const failing = possible.filter(({ id }) => known.get(id)?.outcome === 'build-failed');
  const sets = together.failing.map(({ members }) => members);
  return {
    ...judge(differing.length > 0, [...failing.map((one) => [one]), ...sets], causes, unexplained),
    control,
    varied: results('not-tried', known),
    together: setsOf(together),
    held: fixed.held,
    causes,
    differing,
    unexplained,
    cut: [...bench.cut],
  };
}

/**
 * What only several do, on the ground where all is held, then for those that cannot be varied there on their own. Nothing is
 * to be found where all of what is built differs by itself.
 */
async function varyInSets(
  bench: Bench,
  { everything, possible, control, parts }: Beginning,
  known: ReadonlyMap<string, VariationResult>,
  explained: ReadonlySet<string>,
): Promise<VariedTogether> {
  const outputs = control.outputs.map(({ path }) => path);
  const failed = possible.flatMap((one) => {
    const { outcome, detail = '' } = known.get(one.id) ?? {};
    return outcome === 'build-failed' ? [{ varied: [one], detail }] : [];
  });
  const failedSets = [{ varied: possible, outcome: everything }, ...parts].flatMap(({ varied, outcome }) =>
    outcome.kind === 'failed' ? [{ varied, detail: outcome.detail }] : [],
  );
  const held = new Set(bench.holding.map(({ id }) => id));
  const alongside = possible.filter(({ without = '' }) => !held.has(without));
  const apart = possible.find((one) => !alongside.includes(one));
  const side = apart && (await bench.groundFor(apart));
  const passes: readonly (readonly [Ground | undefined, readonly Variation[]])[] = [
    [bench.ground, alongside],
    [side, possible],
    ...parts.map(({ varied }) => [bench.plain, varied] as const),
  ];
  let found: VariedTogether = { found: [], failing: [] };
  for (const [ground, variations] of passes) {
    if (ground === undefined || found.failing.length > 0) continue;
    if (isAllNoise(outputs, ground.noise.flat())) continue;
    const spoken = new Set([...explained, ...found.found.flatMap(({ places }) => [...places.keys()])]);
    const failures = ground === bench.plain ? [...failed, ...failedSets] : failed;
    const more = await varyTogether(bench, ground, variations, spoken, failures);
    found = { found: [...found.found, ...more.found], failing: [...found.failing, ...more.failing] };
  }
  return found;
}

/** Without what turned out to differ by itself later on. */
function withoutLate(bench: Bench, places: ReadonlyMap<string, Place>): ReadonlyMap<string, Place> {
  const late = new Set(
    bench.grounds.slice(1).flatMap((ground) => ground.late.flatMap(({ pair }) => [...placesOf(pair).keys()])),
  );
  return new Map([...places].filter(([key]) => !late.has(key)));
}

/** Above this, chance is the better word for what went with a hold. */
const chanceTold = 1 / 20;

async function provenByHolds(
  bench: Bench,
  removed: readonly Removed[],
  holds: number,
): Promise<{ readonly proven: readonly Proven[]; readonly chance: readonly CheckCause[] }> {
  const proven: Proven[] = [];
  const chance: CheckCause[] = [];
  for (const one of removed) {
    const places = one.to === undefined ? one.places : withoutLate(bench, one.places);
    const weight = await weighHold(bench, { ...one, places }, holds);
    if (weight.chance > chanceTold) {
      chance.push(...nameChance(one.pair, places, 'Now and then only: two builds by the same recipe differ'));
      continue;
    }
    const confidence = isSure(weight) ? 'confirmed' : 'likely';
    for (const cause of confirm(one.pair, places, proofOfHold(one, weight)))
      proven.push({ by: one.hold, cause: { ...cause, confidence }, places, varies: false });
  }
  return { proven, chance };
}

async function provenSingly(
  bench: Bench,
  suspects: readonly Suspect[],
  places: PlacesOf,
  choices: number,
): Promise<Proven[]> {
  const proven: Proven[] = [];
  for (const suspect of suspects) {
    const { variation, ground } = suspect;
    const sample = ground.samples.find(({ varied }) => varied.size === 1 && varied.has(variation.id));
    const its = places.get(suspect) ?? new Map<string, Place>();
    const weight = await weigh(bench, suspect, places, choices);
    const confidence = isSure(weight) ? 'confirmed' : 'likely';
    for (const cause of confirm(sample?.pair ?? [], its, proofOfVariation(variation, weight)))
      proven.push({ by: variation, cause: { ...cause, confidence }, places: its, varies: true });
  }
  return proven;
}

function provenTogether({ members, places, pair, weight }: Together): Proven[] {
  const by = asOne(members);
  const confidence = isSure(weight) ? 'confirmed' : 'likely';
  const together = members.map(({ id, title }) => ({ id, title }));
  return confirm(pair, places, proofOfSet(by, members, weight)).map((cause) => ({
    by,
    cause: { ...cause, confidence, together },
    places,
    varies: true,
  }));
}

function setsOf({ found, failing }: VariedTogether): SetResult[] {
  const ids = (members: readonly Variation[]) => members.map(({ id }) => id);
  return [
    ...found.map(({ members }) => ({
      ids: ids(members),
      title: titleOf(members),
      outcome: 'differs' as const,
    })),
    ...failing.map(({ members, detail }) => ({
      ids: ids(members),
      title: titleOf(members),
      outcome: 'build-failed' as const,
      detail,
    })),
  ];
}
