import { RecipeFile } from '#schemas/recipe-file.ts';
import { setVariables } from '#core/vary/setting.ts';
import type { Variation } from '#core/vary/variation.ts';

export const plainRecipe = (variables: Record<string, string> = {}): RecipeFile =>
  RecipeFile.parse({
    schemaVersion: 1,
    source: { path: 'src' },
    environment: {},
    variables,
    steps: ['make'],
    outputs: ['out.txt'],
  });

export const ids = ['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE'];

/** Variations that set a variable each, for builds that say which of them they see. */
export const named = (those: readonly string[]): Variation[] =>
  those.map((id) => ({
    id,
    title: `thing ${id}`,
    how: 'plain → varied',
    remedy: 'Do not look.',
    causes: [`cause-${id}`],
    apply: (setting) => setVariables(setting, { [id]: 'varied' }),
  }));
