import { text } from 'node:stream/consumers';
import { AppError } from '#core/errors/app-error.ts';
import { levelOf } from '#core/level/level-of.ts';
import { ComparisonPredicate } from '#schemas/comparison-predicate.ts';
import { Level } from '#schemas/level.ts';
import type { LevelReport } from '#schemas/level-report.ts';
import { comparisonPredicateType } from '#schemas/predicate-types.ts';
import { Statement } from '#schemas/statement.ts';
import { visibleRebuild } from './access.ts';
import type { Caller } from './control-plane.ts';
import type { ControlDeps } from './deps.ts';

/**
 * The table of facts of a rebuild with the level that it makes, from the comparison as it was stated: what is shown is
 * what was signed. @throws AppError `not-found` where nothing was stated (yet)
 */
export async function levelReport(deps: ControlDeps, caller: Caller, id: string): Promise<LevelReport> {
  await visibleRebuild(deps.store, caller, id);
  const row = await deps.store
    .selectFrom('attestations')
    .select('statement_sha256')
    .where('rebuild_id', '=', id)
    .where('predicate_type', '=', comparisonPredicateType)
    .executeTakeFirst();
  const sha256 = row?.statement_sha256 ?? undefined;
  const bytes = sha256 === undefined ? undefined : await deps.objects.get(sha256);
  if (sha256 === undefined || !bytes)
    throw new AppError('not-found', `Nothing has been stated of rebuild ${id}, so it has no level.`, {
      hint: 'Wait for its verdict. Where no artifact was found nothing is ever stated.',
    });
  const { subject, predicate } = Statement.parse(JSON.parse(await text(bytes)));
  const { verdict, artifact, facts } = ComparisonPredicate.parse(predicate);
  const { level, missing } = levelOf(facts);
  const above = Level.options[Level.options.indexOf(level) + 1];
  return {
    schemaVersion: 1,
    rebuild: id,
    artifact: { file: artifact.file, digest: { sha256: subject[0]?.digest.sha256 ?? '' } },
    verdict: verdict.kind,
    statement: { sha256 },
    level,
    facts,
    ...(above === undefined ? {} : { next: { level: above, missing: [...missing] } }),
  };
}
