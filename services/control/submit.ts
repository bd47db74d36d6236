import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { AppError } from '#core/errors/app-error.ts';
import { jsonDigest } from '#core/json/digest.ts';
import { parsePurl, versionOf } from '#core/purl/purl.ts';
import type { Artifact, Visibility } from '#schemas/artifact.ts';
import type { RebuildRequest } from '#schemas/rebuild.ts';
import type { Recipe } from '#schemas/recipe.ts';
import { requireWriter, visibleRebuild } from './access.ts';
import { advance } from './advance.ts';
import type { Caller } from './control-plane.ts';
import type { ControlDeps, Tx } from './deps.ts';
import { rebuildReport, recipeOf } from './job-inputs.ts';
import { referAll } from './objects.ts';
import { jobsOf, type RebuildRow } from './state.ts';

/** What a request comes to, before it is written. */
interface Prepared {
  readonly request: RebuildRequest;
  readonly key: string;
  readonly purl?: string;
  readonly recipeBy: 'inferred' | 'supplied';
  readonly visibility: Visibility;
  readonly artifact?: Artifact;
  readonly recipes?: readonly Recipe[];
  readonly replayOf?: string;
  /** Objects that the rebuild needs from now on. */
  readonly objects: readonly string[];
}

/** Creates a rebuild, or finds the open one for the same request by the same submitter. */
export async function submit(
  deps: ControlDeps,
  caller: Caller,
  request: RebuildRequest,
): Promise<RebuildRow> {
  requireWriter(caller);
  const row = await deps.store.transaction().execute(async (tx) => {
    const prepared = await prepare(tx, caller, request);
    // Two requests at once for the same thing: the second waits here and finds the first's rebuild.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${caller.subject} ${prepared.key}`}, 0))`.execute(
      tx,
    );
    const open = await tx
      .selectFrom('rebuilds')
      .selectAll()
      .where('request_key', '=', prepared.key)
      .where('submitter', '=', caller.subject)
      .where('finished_at', 'is', null)
      .executeTakeFirst();
    if (open) return open;
    const id = await insert(tx, caller, prepared);
    await advance(deps, tx, id);
    return tx.selectFrom('rebuilds').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  });
  deps.pokeDispatcher();
  return row;
}

async function prepare(tx: Tx, caller: Caller, request: RebuildRequest): Promise<Prepared> {
  switch (request.kind) {
    case 'purl':
      return preparePurl(request);
    case 'supplied':
      return prepareSupplied(tx, caller, request);
    case 'replay':
      return prepareReplay(tx, caller, request.of);
  }
}

function preparePurl(request: Extract<RebuildRequest, { kind: 'purl' }>): Prepared {
  const purl = parsePurl(request.purl);
  versionOf(purl);
  const { file } = request;
  return {
    request: { ...request, purl: purl.text },
    key: jsonDigest({ purl: purl.text, ...(file ? { file } : {}) }).sha256,
    purl: purl.text,
    recipeBy: 'inferred',
    visibility: 'public',
    objects: [],
  };
}

async function prepareSupplied(
  tx: Tx,
  caller: Caller,
  request: Extract<RebuildRequest, { kind: 'supplied' }>,
): Promise<Prepared> {
  const { recipe } = request;
  if (recipe.by !== 'supplied')
    throw new AppError('invalid-recipe', 'A recipe that is sent in says `by: supplied`.');
  const artifactSize = await uploadedSize(tx, caller, request.artifact.digest.sha256, 'artifact');
  const sourceSize = await uploadedSize(tx, caller, recipe.source.digest.sha256, 'source');
  if (sourceSize !== recipe.source.size)
    throw new AppError(
      'invalid-recipe',
      `The source has ${sourceSize} bytes, the recipe says ${recipe.source.size}.`,
    );
  const purl = request.artifact.purl === undefined ? undefined : parsePurl(request.artifact.purl).text;
  const { file, digest } = request.artifact;
  return {
    request,
    key: jsonDigest({ artifact: digest, recipe }).sha256,
    ...(purl === undefined ? {} : { purl }),
    recipeBy: 'supplied',
    visibility: 'private',
    artifact: { file, digest, size: artifactSize, ...(purl === undefined ? {} : { purl }) },
    objects: [digest.sha256, recipe.source.digest.sha256],
  };
}

/** Size of something that this caller uploaded: a digest alone gives nobody another's bytes. @throws AppError `not-found` */
async function uploadedSize(tx: Tx, caller: Caller, sha256: string, what: string): Promise<number> {
  const row = await tx
    .selectFrom('uploads')
    .innerJoin('objects', 'objects.sha256', 'uploads.sha256')
    .select('objects.size')
    .where('uploads.sha256', '=', sha256)
    .where('uploads.submitter', '=', caller.subject)
    .executeTakeFirst();
  if (!row)
    throw new AppError('not-found', `The ${what} sha256:${sha256} was not uploaded.`, {
      hint: 'First PUT /v1/uploads/sha256:<digest>.',
    });
  return row.size;
}

/** The same recipe, in the same root file system, from the same record: nothing is asked of any network. */
async function prepareReplay(tx: Tx, caller: Caller, of: string): Promise<Prepared> {
  const original = await visibleRebuild(tx, caller, of);
  const attempt = original.verdict_attempt ?? 0;
  const report = attempt > 0 ? rebuildReport(await jobsOf(tx, of), attempt) : undefined;
  if (!original.finished_at || !original.artifact || !report?.ran)
    throw new AppError('conflict', `Rebuild ${of} has no finished attempt that could be replayed.`);
  const recipe = recipeOf(original, attempt);
  const refs = await tx.selectFrom('object_refs').select('sha256').where('rebuild_id', '=', of).execute();
  return {
    request: { kind: 'replay', of },
    key: jsonDigest({ replay: of }).sha256,
    ...(original.purl === null ? {} : { purl: original.purl }),
    recipeBy: original.recipe_by,
    visibility: original.visibility,
    artifact: original.artifact,
    recipes: [{ ...recipe, environment: { ...recipe.environment, rootfs: report.ran.rootfs.digest } }],
    replayOf: of,
    objects: refs.map((ref) => ref.sha256),
  };
}

async function insert(tx: Tx, caller: Caller, prepared: Prepared): Promise<string> {
  const id = randomUUID();
  await tx
    .insertInto('rebuilds')
    .values({
      id,
      request: JSON.stringify(prepared.request),
      request_key: prepared.key,
      purl: prepared.purl ?? null,
      recipe_by: prepared.recipeBy,
      submitter: caller.subject,
      visibility: prepared.visibility,
      artifact: prepared.artifact ? JSON.stringify(prepared.artifact) : null,
      artifact_sha256: prepared.artifact?.digest.sha256 ?? null,
      recipes: prepared.recipes ? JSON.stringify(prepared.recipes) : null,
      replay_of: prepared.replayOf ?? null,
      invocation_nonce: randomBytes(16).toString('hex'),
    })
    .execute();
  await referAll(tx, prepared.objects, id);
  return id;
}
