import type { Summary } from '#schemas/summary.ts';
import { vsaPredicateType } from '#schemas/predicate-types.ts';
import type { Store } from '#services/store/store.ts';
import type { Tx } from './deps.ts';

/** The policies that a rebuild was held against, oldest first, each with its state. */
export async function summariesOf(db: Store | Tx, rebuildId: string): Promise<Summary[]> {
  const rows = await db
    .selectFrom('summaries')
    .leftJoin('attestations', (join) =>
      join
        .onRef('attestations.rebuild_id', '=', 'summaries.rebuild_id')
        .onRef('attestations.variant', '=', 'summaries.policy_sha256')
        .on('attestations.predicate_type', '=', vsaPredicateType),
    )
    .select(['policy_sha256', 'policy', 'asked_at', 'outcome', 'refused', 'bundle_sha256', 'bundle_size'])
    .where('summaries.rebuild_id', '=', rebuildId)
    .orderBy('asked_at')
    .orderBy('policy_sha256')
    .execute();
  return rows.map(({ bundle_sha256: sha256, ...row }) => ({
    policy: {
      digest: { sha256: row.policy_sha256 },
      ...(row.policy.name === undefined ? {} : { name: row.policy.name }),
    },
    askedAt: row.asked_at.toISOString(),
    ...(row.refused === null ? {} : { detail: row.refused }),
    ...(sha256 !== null && row.outcome !== null
      ? {
          state: 'complete' as const,
          outcome: row.outcome,
          bundle: { digest: { sha256 }, size: row.bundle_size ?? 0 },
        }
      : { state: row.refused === null ? ('pending' as const) : ('refused' as const) }),
  }));
}
