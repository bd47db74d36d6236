import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { openStore, type Store } from '#services/store/store.ts';
import { startTestPostgres, type TestPostgres } from '#test/harness/servers/postgres.ts';

describe('the store while PostgreSQL is killed and comes back', () => {
  let postgres: TestPostgres;
  let store: Store;
  const broken: string[] = [];
  beforeAll(async () => {
    postgres = await startTestPostgres();
    const onError = (error: Error): void => void broken.push(error.message);
    ({ store } = await openStore(postgres.url, { connectionsMax: 2, onError }));
  });
  afterAll(async () => {
    await store.destroy();
    await postgres.stop();
  });

  it('a transaction that waits between two statements fails as such, the process lives, and the next one works', async () => {
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const cut = store.transaction().execute(async (tx) => {
      await sql`select 1`.execute(tx);
      begun.resolve();
      await goOn.promise;
      await sql`select 2`.execute(tx);
    });
    await begun.promise;
    await postgres.restart();
    goOn.resolve();
    await expect(cut).rejects.toThrow();
    expect(broken.length).toBeGreaterThan(0);
    const { rows } = await sql<{ three: number }>`select 3 as three`.execute(store);
    expect(rows).toEqual([{ three: 3 }]);
  });
});
