import { sql, type CompiledQuery } from 'kysely';
import { answer, type Candidate } from '#core/verdict/answer.ts';
import { parsePurl } from '#core/purl/purl.ts';
import type { Sha256 } from '#schemas/digest.ts';
import type { Lookup, RebuildResult } from '#schemas/rebuild.ts';
import type { VerdictKind } from '#schemas/verdict.ts';
import type { Store } from '#services/store/store.ts';
import { maySee } from './access.ts';
import type { Caller } from './control-plane.ts';
import type { ControlDeps } from './deps.ts';
import { resultOf } from './kept-view.ts';
import type { RebuildRow } from './state.ts';

/** The newest rebuilds that are considered for one look-up. */
const candidatesMax = 500;
/** Of them, those whose kept results come with the same SELECT; an older one's takes one more. */
const viewsMax = 20;
const suppliedMax = 20;

const ruleColumns = [
  'id',
  'recipe_by',
  'replay_of',
  'artifact_sha256',
  'verdict_kind',
  'visibility',
  'submitter',
  'created_at',
  'finished_at',
] as const;

type Query = { purl: string } | { sha256: Sha256 };

interface Row extends Pick<RebuildRow, (typeof ruleColumns)[number]> {
  /** The kept result, as text; null also where it has to be asked for. */
  readonly view: string | null;
}

/** Answers what is known of a purl or a digest, by the one rule in core/verdict/answer.ts. */
export async function lookup(deps: ControlDeps, caller: Caller, query: Query): Promise<Lookup> {
  const normalised = 'purl' in query ? { purl: parsePurl(query.purl).text } : query;
  const rows = (await candidates(deps, normalised)).filter((row) => maySee(caller, row));
  const told = answer(rows.map(candidateOf));
  const answering = rows.find((row) => row.id === told.id);
  const supplied = rows
    .filter((row) => row.recipe_by === 'supplied' && !row.replay_of && row.finished_at)
    .slice(0, suppliedMax);
  const result = answering ? await shown(deps, answering) : undefined;
  return {
    schemaVersion: 1,
    query: normalised,
    verdict: told.kind,
    detail: result?.detail ?? 'Nobody has asked for a rebuild of this here, so nothing is known of it.',
    ...(result ? { result } : {}),
    supplied: await Promise.all(supplied.map((row) => shown(deps, row))),
  };
}

/** What the rule needs of each rebuild, newest first. Kept results come as text: only those that are told are parsed. */
async function candidates({ store }: ControlDeps, query: Query): Promise<Row[]> {
  const statements = statementsOf(store);
  const [statement, value] =
    'purl' in query ? [statements.byPurl, query.purl] : [statements.bySha256, query.sha256];
  const { rows } = await store.executeQuery<Row>({ ...statement, parameters: [value] });
  return rows;
}

type Statements = Readonly<Record<'byPurl' | 'bySha256', CompiledQuery<Row>>>;

/** Look-ups are by far the most frequent of what is asked: their statements are built once for each store. */
const statementsByStore = new WeakMap<Store, Statements>();

function statementsOf(store: Store): Statements {
  const known = statementsByStore.get(store);
  if (known !== undefined) return known;
  const statements = { byPurl: statementBy(store, 'purl'), bySha256: statementBy(store, 'artifact_sha256') };
  statementsByStore.set(store, statements);
  return statements;
}

/** Its one parameter is the value of `column`. */
function statementBy(store: Store, column: 'purl' | 'artifact_sha256'): CompiledQuery<Row> {
  const isNew = sql`row_number() over (order by created_at desc) <= ${sql.lit(viewsMax)}`;
  return store
    .selectFrom('rebuilds')
    .select(ruleColumns)
    .select(sql<string | null>`case when ${isNew} then view::text end`.as('view'))
    .where(column, '=', '')
    .orderBy('created_at', 'desc')
    .limit(sql.lit(candidatesMax))
    .compile();
}

async function shown({ store }: ControlDeps, row: Row): Promise<RebuildResult> {
  if (row.view !== null) return JSON.parse(row.view) as RebuildResult;
  const whole = await store
    .selectFrom('rebuilds')
    .selectAll()
    .where('id', '=', row.id)
    .executeTakeFirstOrThrow();
  return resultOf(store, whole);
}

function candidateOf(row: Row): Candidate {
  return {
    id: row.id,
    by: row.recipe_by,
    replay: row.replay_of !== null,
    createdAt: row.created_at.toISOString(),
    ...(row.artifact_sha256 ? { artifact: row.artifact_sha256 } : {}),
    ...(row.finished_at && row.verdict_kind ? { verdict: row.verdict_kind as VerdictKind } : {}),
  };
}
