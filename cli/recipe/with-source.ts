import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source } from '#schemas/recipe.ts';
import type { RecipeFile } from '#schemas/recipe-file.ts';
import { AppError } from '#core/errors/app-error.ts';
import { packFolder } from './pack-folder.ts';
import { regularFile } from './read-recipe-file.ts';

/** A source as one file on this host. */
export interface SourceFile {
  readonly kind: Extract<Source['kind'], 'tarball' | 'folder'>;
  /** Its name for the recipe. */
  readonly file: string;
  readonly path: string;
}

/**
 * Gives `use` the source of a recipe that lies at `path`: a tarball as it is, a folder packed for as long as `use` takes.
 * @throws AppError `invalid-recipe`, `usage`
 */
export async function withSource<T>(
  path: string,
  file: RecipeFile,
  use: (source: SourceFile) => Promise<T>,
): Promise<T> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) {
    if (file.source.exclude !== undefined) {
      throw new AppError('invalid-recipe', 'source.exclude is for folders; this source is a tarball');
    }
    return use({ kind: 'tarball', file: await regularFile(path, 'the source'), path });
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
    return await use({ kind: 'folder', file: 'source.tar', path: tar });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
