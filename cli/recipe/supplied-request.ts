import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { FileName } from '#schemas/artifact.ts';
import { RecipeFile } from '#schemas/recipe-file.ts';
import type { RebuildRequest } from '#schemas/rebuild.ts';
import type { Source } from '#schemas/recipe.ts';
import { AppError } from '#core/errors/app-error.ts';
import { recipeFromFile } from '#core/recipe/from-recipe-file.ts';
import type { AssayClient } from '../client/client.ts';
import type { CliIo } from '../io.ts';
import { packFolder } from './pack-folder.ts';

const recipeBytesMax = 1024 * 1024;

/**
 * The request for a rebuild by `assay.yaml`: its source (a folder, packed; or a tarball) and the published file are
 * uploaded, private to their submitter, and named by digest. @throws AppError `invalid-recipe`, `usage`
 */
export async function suppliedRequest(
  io: CliIo,
  client: AssayClient,
  given: { recipe: string; artifact: string },
): Promise<RebuildRequest> {
  const recipePath = resolve(io.cwd, given.recipe);
  const artifactPath = resolve(io.cwd, given.artifact);
  const file = await readRecipeFile(recipePath);
  const artifactName = await regularFile(artifactPath, 'the artifact');
  const source = await uploadSource(client, resolve(dirname(recipePath), file.source.path), file);
  const artifact = await client.uploadFile(artifactPath);
  return {
    kind: 'supplied',
    artifact: { file: artifactName, digest: artifact.digest },
    recipe: recipeFromFile(file, source, process.arch === 'arm64' ? 'arm64' : 'amd64'),
  };
}

async function readRecipeFile(path: string): Promise<RecipeFile> {
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
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map(
    ({ path: where, message }) => `${where.join('.') || 'the file'}: ${message}`,
  );
  throw new AppError('invalid-recipe', `${basename(path)} has faults: ${faults.join('; ')}`, {
    hint: 'docs/recipes.md describes every field',
  });
}

async function uploadSource(client: AssayClient, path: string, file: RecipeFile): Promise<Source> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) {
    if (file.source.exclude !== undefined) {
      throw new AppError('invalid-recipe', 'source.exclude is for folders; this source is a tarball');
    }
    const name = await regularFile(path, 'the source');
    return { kind: 'tarball', file: name, ...(await client.uploadFile(path)) };
  }
  if (!found?.isDirectory()) {
    throw new AppError('invalid-recipe', 'source.path is neither a folder nor a tarball', {
      hint: 'it is relative to the recipe',
    });
  }
  const scratch = await mkdtemp(join(tmpdir(), 'assay-source-'));
  try {
    const tar = join(scratch, 'source.tar');
    const output = await open(tar, 'wx', 0o600);
    try {
      await packFolder(path, file.source.exclude ?? [], output);
    } finally {
      await output.close();
    }
    return { kind: 'folder', file: 'source.tar', ...(await client.uploadFile(tar)) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The name of a regular file. @throws AppError `usage` */
async function regularFile(path: string, what: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new AppError('usage', `${what} is not a file: ${path}`);
  const name = FileName.safeParse(basename(path));
  if (!name.success) throw new AppError('usage', `${what} has a name with control characters or a backslash`);
  return name.data;
}
