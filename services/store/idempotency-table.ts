import { sql } from 'kysely';
import type { IdempotencyStore, KeptAnswer } from '#services/api/idempotency.ts';
import type { Store } from './store.ts';

/** Answers by Idempotency-Key in PostgreSQL; one upsert decides who handles a request. */
export function createIdempotencyTable(store: Store): IdempotencyStore {
  return {
    begin: async ({ subject, key }, fingerprint, { lockSeconds, keepSeconds }) => {
      const begun = await store
        .insertInto('idempotency_keys')
        .values({ subject, key, fingerprint })
        .onConflict((conflict) =>
          conflict
            .columns(['subject', 'key'])
            .doUpdateSet({ fingerprint, answer: null, begun_at: sql<Date>`now()` })
            .where(
              sql<boolean>`idempotency_keys.begun_at < now() - make_interval(secs => case when idempotency_keys.answer is null then ${lockSeconds}::int else ${keepSeconds}::int end)`,
            ),
        )
        .returning('fingerprint')
        .executeTakeFirst();
      if (begun) return { state: 'started' };
      const row = await store
        .selectFrom('idempotency_keys')
        .selectAll()
        .where('subject', '=', subject)
        .where('key', '=', key)
        .executeTakeFirst();
      if (row && row.fingerprint !== fingerprint) return { state: 'mismatch' };
      return row?.answer ? { state: 'done', answer: row.answer as KeptAnswer } : { state: 'in-flight' };
    },
    finish: async ({ subject, key }, answer) => {
      await store
        .updateTable('idempotency_keys')
        .set({ answer: JSON.stringify(answer) })
        .where('subject', '=', subject)
        .where('key', '=', key)
        .execute();
    },
    abandon: async ({ subject, key }) => {
      await store
        .deleteFrom('idempotency_keys')
        .where('subject', '=', subject)
        .where('key', '=', key)
        .where('answer', 'is', null)
        .execute();
    },
  };
}
