import { dirname, resolve } from 'node:path';
import type { RebuildRequest } from '#schemas/rebuild.ts';
import { recipeFromFile } from '#core/recipe/from-recipe-file.ts';
import type { AssayClient } from '../client/client.ts';
import type { CliIo } from '../io.ts';
import { readRecipeFile, regularFile } from './read-recipe-file.ts';
import { withSource } from './with-source.ts';

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
  const sourcePath = resolve(dirname(recipePath), file.source.path);
  const source = await withSource(sourcePath, file, async ({ kind, file: name, path }) => ({
    kind,
    file: name,
    ...(await client.uploadFile(path)),
  }));
  const artifact = await client.uploadFile(artifactPath);
  return {
    kind: 'supplied',
    artifact: { file: artifactName, digest: artifact.digest },
    recipe: recipeFromFile(file, source, process.arch === 'arm64' ? 'arm64' : 'amd64'),
  };
}
