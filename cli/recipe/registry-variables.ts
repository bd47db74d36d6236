import { AppError } from '#core/errors/app-error.ts';
import type { RecipeFile } from '#schemas/recipe-file.ts';

/**
 * A recipe that asks a registry, with the environment by which the registry's client finds the gateway; what the recipe
 * itself sets stays as it says. @throws AppError `invalid-recipe` for a registry that nobody here speaks to
 */
export async function withRegistryVariables(file: RecipeFile): Promise<RecipeFile> {
  if (file.registry === undefined) return file;
  const { protocol } = file.registry;
  const { ecosystems } = await import('#workers/ecosystems/registry.ts');
  const ecosystem = ecosystems.find(({ purlType }) => purlType === protocol);
  if (ecosystem === undefined)
    throw new AppError('invalid-recipe', `No registry here speaks ${JSON.stringify(protocol)}`, {
      hint: `protocols of registries: ${ecosystems.map(({ purlType }) => purlType).join(', ')}`,
    });
  return { ...file, variables: { ...ecosystem.clientVariables, ...file.variables } };
}
