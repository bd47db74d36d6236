import type { RecipeFile } from '#schemas/recipe-file.ts';
import type { Lab } from './lab.ts';
import type { Hold, Variation } from './variation.ts';

const toolPackage = { faketime: 'libfaketime', locales: 'locales' } as const;

/** Why something is not varied: the recipe says it, or this host cannot; undefined where it can be tried. */
export function obstacleOf(
  variation: Variation | Hold,
  file: RecipeFile,
  lab: Pick<Lab, 'tools' | 'cpus'>,
): { readonly outcome: 'declared' | 'not-possible'; readonly detail: string } | undefined {
  const { declaredBy, cpusMin = 1 } = { declaredBy: undefined, ...variation } as Partial<Variation>;
  if (declaredBy !== undefined && declaredBy in file.variables)
    return { outcome: 'declared', detail: `the recipe sets ${declaredBy}` };
  if (variation.needs !== undefined && lab.tools[variation.needs] === undefined)
    return {
      outcome: 'not-possible',
      detail: `Debian's package ${toolPackage[variation.needs]} could not be had`,
    };
  if (lab.cpus < cpusMin) return { outcome: 'not-possible', detail: 'this host has one CPU' };
  return undefined;
}
