import { sql } from 'kysely';
import type { Sha256 } from '#schemas/digest.ts';
import { maySee } from './access.ts';
import type { Caller } from './control-plane.ts';
import type { ControlDeps } from './deps.ts';

/** A file of a package version that a rebuild is about. */
export interface FileOf {
  readonly file: string;
  readonly sha256: Sha256;
}

const rebuildsMax = 200;

/**
 * The files of a package version that the caller may see rebuilds of, newest first, each digest once. `purl` is as it
 * was normalised when the rebuild was asked for.
 */
export async function filesOf(deps: ControlDeps, caller: Caller, purl: string): Promise<FileOf[]> {
  const rows = await deps.store
    .selectFrom('rebuilds')
    .select(['visibility', 'submitter', 'artifact_sha256', sql<string>`artifact->>'file'`.as('file')])
    .where('purl', '=', purl)
    .where('artifact_sha256', 'is not', null)
    .orderBy('created_at', 'desc')
    .limit(rebuildsMax)
    .execute();
  const files = new Map<string, FileOf>();
  for (const row of rows) {
    const { artifact_sha256: sha256, file } = row;
    if (sha256 !== null && maySee(caller, row) && !files.has(sha256)) files.set(sha256, { file, sha256 });
  }
  return [...files.values()];
}
