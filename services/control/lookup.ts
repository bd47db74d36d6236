import { answer, type Candidate } from '#core/verdict/answer.ts';
import { parsePurl } from '#core/purl/purl.ts';
import type { Sha256 } from '#schemas/digest.ts';
import type { Lookup } from '#schemas/rebuild.ts';
import type { VerdictKind } from '#schemas/verdict.ts';
import { maySee } from './access.ts';
import type { Caller } from './control-plane.ts';
import type { ControlDeps } from './deps.ts';
import type { RebuildRow } from './state.ts';
import { viewOf } from './view.ts';

/** The newest rebuilds that are considered for one look-up. */
const candidatesMax = 500;
const suppliedMax = 20;

type Query = { purl: string } | { sha256: Sha256 };

/** Answers what is known of a purl or a digest, by the one rule in core/verdict/answer.ts. */
export async function lookup(deps: ControlDeps, caller: Caller, query: Query): Promise<Lookup> {
  const normalised = 'purl' in query ? { purl: parsePurl(query.purl).text } : query;
  const rows = (await candidates(deps, normalised)).filter((row) => maySee(caller, row));
  const told = answer(rows.map(candidateOf));
  const answering = rows.find((row) => row.id === told.id);
  const supplied = rows
    .filter((row) => row.recipe_by === 'supplied' && !row.replay_of && row.finished_at)
    .slice(0, suppliedMax);
  const result = answering ? await viewOf(deps.store, answering) : undefined;
  return {
    schemaVersion: 1,
    query: normalised,
    verdict: told.kind,
    detail: result?.detail ?? 'Nobody has asked for a rebuild of this here, so nothing is known of it.',
    ...(result ? { result } : {}),
    supplied: await Promise.all(supplied.map((row) => viewOf(deps.store, row))),
  };
}

function candidates(deps: ControlDeps, query: Query): Promise<RebuildRow[]> {
  const all = deps.store.selectFrom('rebuilds').selectAll();
  const matching =
    'purl' in query ? all.where('purl', '=', query.purl) : all.where('artifact_sha256', '=', query.sha256);
  return matching.orderBy('created_at', 'desc').limit(candidatesMax).execute();
}

function candidateOf(row: RebuildRow): Candidate {
  return {
    id: row.id,
    by: row.recipe_by,
    replay: row.replay_of !== null,
    createdAt: row.created_at.toISOString(),
    ...(row.artifact_sha256 ? { artifact: row.artifact_sha256 } : {}),
    ...(row.finished_at && row.verdict_kind ? { verdict: row.verdict_kind as VerdictKind } : {}),
  };
}
