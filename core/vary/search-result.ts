import type { CheckCause, SetResult, VariationResult } from '#schemas/check.ts';
import type { Built } from './lab.ts';
import type { Compared, Place } from './places.ts';
import type { Hold, Variation } from './variation.ts';

/** What a search has found. */
export interface SearchResult {
  readonly result: 'reproducible' | 'not-reproducible' | 'build-failed' | 'not-established';
  readonly detail: string;
  readonly control?: Built;
  readonly varied: readonly VariationResult[];
  /** What comes only of several variations at once. */
  readonly together?: SetResult[];
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

export const spentNote = 'the number of builds is used up: allow more with --builds';

/** All variations with what came of each: what is known of it, else `outcome`. */
export type ResultsOf = (
  outcome: VariationResult['outcome'],
  known?: ReadonlyMap<string, VariationResult>,
) => VariationResult[];

export function describe({
  id,
  title,
  how,
}: Variation | Hold): Pick<VariationResult, 'id' | 'title' | 'how'> {
  return { id, title, how };
}

/** What is said of an experiment whose build is not there: it failed, or none was allowed any more. */
export function missed(experiment: Variation | Hold, failure: string | undefined): VariationResult {
  return failure === undefined
    ? { ...describe(experiment), outcome: 'not-tried', detail: spentNote }
    : { ...describe(experiment), outcome: 'build-failed', detail: failure };
}

/** How many differences are at places of which neither an experiment nor an explainer spoke. */
export function countUnexplained(
  differing: readonly Compared[],
  causes: readonly CheckCause[],
  proven: readonly Proven[],
): number {
  const keyOf = (output: string, { path, field }: { path: readonly string[]; field?: string | undefined }) =>
    JSON.stringify([output, path, field ?? '']);
  const spoken = new Set([
    ...causes.flatMap(({ output, evidence }) => evidence.map((item) => keyOf(output, item))),
    ...proven.flatMap(({ places }) =>
      [...places.values()].map(({ output, difference }) => keyOf(output, difference)),
    ),
  ]);
  return differing
    .flatMap(({ output, comparison }) => comparison.differences.map((one) => keyOf(output, one)))
    .filter((key) => !spoken.has(key)).length;
}

/** What the search comes to, with one plain sentence. */
export function judge(
  differs: boolean,
  failing: readonly (readonly Variation[])[],
  causes: readonly CheckCause[],
  unexplained: number,
): Pick<SearchResult, 'result' | 'detail'> {
  const titles = failing
    .map((members) => members.map(({ title }) => title).join(' together with '))
    .join(', ');
  const fails = failing.length === 0 ? '' : `The build fails where these are varied: ${titles}.`;
  if (!differs)
    return fails === ''
      ? { result: 'not-established', detail: 'Too few builds were made to tell.' }
      : { result: 'not-reproducible', detail: `${fails} Where it does not fail, the bytes are the same.` };
  const nameOf = ({ id, together }: CheckCause): string =>
    together === undefined ? id : `${together.map((one) => one.id).join(' and ')} together`;
  const names = [...new Set(causes.map(nameOf))];
  const known =
    names.length === 0
      ? 'no experiment led to a cause'
      : `${names.length === 1 ? 'the cause is' : 'the causes are'} ${names.join(', ')}`;
  const left = unexplained === 1 ? '1 difference is' : `${unexplained} differences are`;
  const more = unexplained === 0 ? '' : `; ${left} left without one`;
  const detail = `Builds of the same recipe differ: ${known}${more}. ${fails}`.trim();
  return { result: 'not-reproducible', detail };
}
