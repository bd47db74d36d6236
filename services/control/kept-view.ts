import type { RebuildResult } from '#schemas/rebuild.ts';
import type { Store } from '#services/store/store.ts';
import type { Tx } from './deps.ts';
import type { RebuildRow } from './state.ts';
import { viewOf } from './view.ts';

/** The result of a rebuild: as it was kept when it finished, else made from the rows. */
export async function resultOf(db: Store | Tx, rebuild: RebuildRow): Promise<RebuildResult> {
  return rebuild.view ?? viewOf(db, rebuild);
}

/**
 * Keeps the result of a finished rebuild, in the transaction that finished it or that changed what is shown of it. The
 * caller holds the row's lock, and `rebuild` is the row as it is now.
 */
export async function keepView(tx: Tx, rebuild: RebuildRow): Promise<void> {
  const view = JSON.stringify(await viewOf(tx, rebuild));
  await tx.updateTable('rebuilds').set({ view }).where('id', '=', rebuild.id).execute();
}
