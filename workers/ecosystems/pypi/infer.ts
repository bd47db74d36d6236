import { Recipe } from '#schemas/recipe.ts';
import type { SdistFacts } from './facts.ts';
import { recipeFor, type Evidence } from './recipe.ts';

/** Recipes, most likely first; or a sentence that says why none can be made. */
export type Inference = { readonly recipes: readonly Recipe[] } | { readonly unsupported: string };

/** How a pure wheel was probably made from its sdist. Pure: the same evidence gives the same recipes. */
export function inferRecipes(evidence: Omit<Evidence, 'sdist'> & { readonly sdist: SdistFacts }): Inference {
  const { top } = evidence.sdist;
  if (top === undefined) return { unsupported: 'The sdist does not hold everything in one folder.' };
  const recipe = Recipe.safeParse(recipeFor({ ...evidence, sdist: { ...evidence.sdist, top } }));
  if (!recipe.success) return { unsupported: 'The sdist names what no recipe can carry.' };
  return { recipes: [recipe.data] };
}
