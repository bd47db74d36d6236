import type { CheckCause, TriedFix } from '#schemas/check.ts';
import type { RecipeChange } from '#schemas/recipe-change.ts';
import { changeSetting, whyNotTried } from './apply-change.ts';
import type { Built, Lab } from './lab.ts';
import { placesOf } from './places.ts';
import type { Proven } from './search.ts';
import { plainSetting, type Setting } from './setting.ts';
import type { Hold, Variation } from './variation.ts';

/**
 * Tries, for each proven cause, the change that its explainer proposes, then those of what proved it, until one works:
 * the builds that differed are made again with the change. `holding`: what is held fixed meanwhile, but for the cause's own.
 */
export async function tryFixes(
  lab: Lab,
  holding: readonly Hold[],
  proven: readonly Proven[],
): Promise<CheckCause[]> {
  const causes: CheckCause[] = [];
  for (const one of proven) {
    const fix = await tryChanges(lab, holding, one);
    causes.push(fix === undefined ? one.cause : { ...one.cause, change: fix.change, fix });
  }
  return causes;
}

async function tryChanges(lab: Lab, holding: readonly Hold[], one: Proven): Promise<TriedFix | undefined> {
  const known = [one.cause.change, ...(one.by.changes ?? [])].filter((change) => change !== undefined);
  const changes = new Map(known.map((change) => [JSON.stringify(change), change]));
  let first: TriedFix | undefined;
  for (const change of changes.values()) {
    const tried = await tryChange(lab, holding, one, change);
    if (tried.outcome === 'works') return tried;
    first ??= tried;
  }
  return first;
}

async function tryChange(
  lab: Lab,
  holding: readonly Hold[],
  { by, varies, places }: Proven,
  change: RecipeChange,
): Promise<TriedFix> {
  const notTried = whyNotTried(change);
  if (notTried !== undefined) return { change, outcome: 'not-tried', detail: notTried };
  const others = holding.filter(({ id }) => id !== by.id);
  const base = others.reduce<Setting>((setting, { apply }) => apply(setting, lab.tools), plainSetting);
  const without = changeSetting(base, change);
  const withIt = varies ? changeSetting(by.apply(base, lab.tools), change) : without;
  const label = `trying the fix for ${by.title}`;
  const builds: Built[] = [];
  for (const setting of [without, withIt]) {
    const [before] = builds;
    const order = { label, setting, changes: [change], ...(before === undefined ? {} : { after: before }) };
    const built = await lab.build(order);
    if (built.kind === 'spent')
      return { change, outcome: 'not-tried', detail: 'the number of builds is used up' };
    if (built.kind === 'failed') return { change, outcome: 'build-failed', detail: built.detail };
    builds.push(built);
  }
  const [a, b] = builds;
  const still = a === undefined || b === undefined ? new Map() : placesOf(await lab.compare(a, b));
  const works = [...places.keys()].every((key) => !still.has(key));
  return works
    ? { change, outcome: 'works', detail: 'with this change the difference is gone' }
    : { change, outcome: 'does-not', detail: whyNot(by, change) };
}

function whyNot(by: Variation | Hold, change: RecipeChange): string {
  return change.kind === 'clock'
    ? 'the difference stays: what writes the time does not heed SOURCE_DATE_EPOCH'
    : `the difference stays: ${by.title} gets in all the same`;
}
