import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parse } from 'yaml';
import { FileName } from '#schemas/artifact.ts';
import { RecipeFile } from '#schemas/recipe-file.ts';
import { AppError } from '#core/errors/app-error.ts';
import { withRegistryVariables } from './registry-variables.ts';

const recipeBytesMax = 1024 * 1024;

/** An `assay.yaml`, checked. @throws AppError `invalid-recipe`, `usage` */
export async function readRecipeFile(path: string): Promise<RecipeFile> {
  await regularFile(path, 'the recipe');
  if ((await stat(path)).size > recipeBytesMax)
    throw new AppError('invalid-recipe', 'the recipe is larger than 1 MiB');
  let content: unknown;
  try {
    content = parse(await readFile(path, 'utf8'), { maxAliasCount: 50, prettyErrors: true });
  } catch (cause) {
    throw new AppError('invalid-recipe', `${basename(path)} is not YAML: ${(cause as Error).message}`, {
      cause,
    });
  }
  const checked = RecipeFile.safeParse(content);
  if (checked.success) return withRegistryVariables(checked.data);
  const faults = checked.error.issues.map(
    ({ path: where, message }) => `${where.join('.') || 'the file'}: ${message}`,
  );
  throw new AppError('invalid-recipe', `${basename(path)} has faults: ${faults.join('; ')}`, {
    hint: 'docs/recipes.md describes every field',
  });
}

/** The name of a regular file. @throws AppError `usage` */
export async function regularFile(path: string, what: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new AppError('usage', `${what} is not a file: ${path}`);
  const name = FileName.safeParse(basename(path));
  if (!name.success) throw new AppError('usage', `${what} has a name with control characters or a backslash`);
  return name.data;
}
