import type { RecipeFile } from '#schemas/recipe-file.ts';
import { apart } from './apart.ts';
import { holds as allHolds } from './holds.ts';
import type { BuildOutcome, Built, Lab } from './lab.ts';
import { describe, type ResultsOf, type SearchResult, spentNote } from './search-result.ts';
import { obstacleOf } from './possible.ts';
import { type PartBuilt, searchForCauses } from './search-for-causes.ts';
import { plainSetting, type Setting } from './setting.ts';
import type { Hold, Variation } from './variation.ts';
import { variations as allVariations } from './variations.ts';

export interface SearchOptions {
  readonly variations?: readonly Variation[];
  readonly holds?: readonly Hold[];
  /** Where two builds are the same, some more, in which each thing is varied without each other: one may hide another. */
  readonly thorough?: boolean;
}

/**
 * Builds by the recipe and with everything varied; where the two differ, finds out by what: first what differs between
 * any two builds, by holding one thing after the other fixed, then what differs with each variation alone, then what
 * differs only with several at once. A difference is proven to come from what makes it appear, and whose absence makes it
 * go, by so many builds that chance is not what did it.
 */
export async function search(
  lab: Lab,
  file: RecipeFile,
  { variations = allVariations, holds = allHolds, thorough = false }: SearchOptions = {},
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
  const begun = { control, everything, differing, possible, holds, results };
  if (everything.kind !== 'built' || differing.length > 0)
    return searchForCauses(lab, file, { ...begun, parts: [] });
  const { parts, cut } = thorough ? await buildParts(lab, control, possible) : { parts: [], cut: [] };
  if (parts.some(({ outcome, pair }) => outcome.kind === 'failed' || pair.length > 0))
    return searchForCauses(lab, file, { ...begun, parts });
  return {
    ...nothing,
    control,
    result: 'reproducible',
    detail: `${parts.length === 0 ? 'Two' : parts.length + 2} builds are the same, byte for byte, with ${possible.length} things varied between them.`,
    varied: results('same'),
    cut,
  };
}

/** Builds with some of the variations each, until one differs or fails: that is reason enough to search. */
async function buildParts(
  lab: Lab,
  control: Built,
  possible: readonly Variation[],
): Promise<{ readonly parts: readonly PartBuilt[]; readonly cut: readonly string[] }> {
  const parts: PartBuilt[] = [];
  for (const varied of apart(possible)) {
    const label = `building with ${varied.length} of ${possible.length} things varied`;
    const outcome = await lab.build({ label, setting: applyAll(plainSetting, varied, lab) });
    if (outcome.kind === 'spent') return { parts, cut: [spentNote] };
    const pair = outcome.kind === 'built' ? await lab.compare(control, outcome) : [];
    parts.push({ varied, outcome, pair });
    if (outcome.kind === 'failed' || pair.length > 0) break;
  }
  return { parts, cut: [] };
}

function whyNotBuilt(outcome: Exclude<BuildOutcome, Built>): Pick<SearchResult, 'result' | 'detail'> {
  if (outcome.kind === 'spent') return { result: 'not-established', detail: spentNote };
  return { result: outcome.own ? 'build-failed' : 'not-established', detail: outcome.detail };
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
