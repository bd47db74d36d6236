import { AppError } from '#core/errors/app-error.ts';
import type { PublishedKey } from '#schemas/trust.ts';
import { sweepRevoked } from './completion.ts';
import type { ControlDeps, Tx } from './deps.ts';
import { publishedKey, type KeyRow } from './keys.ts';

/**
 * Ends the use of a key: what it signed so far stays good. Again, it changes nothing.
 * @throws AppError `not-found`, `conflict` where it was revoked
 */
export async function retireKey(deps: ControlDeps, hint: string): Promise<PublishedKey[]> {
  return deps.store.transaction().execute(async (tx) => {
    const rows = await lockedKeys(tx, hint);
    if (rows.some(({ revoked_at }) => revoked_at))
      throw new AppError('conflict', `The key ${hint} was revoked already, which is more.`);
    await tx
      .updateTable('signing_keys')
      .set({ retired_at: deps.now() })
      .where('hint', '=', hint)
      .where('retired_at', 'is', null)
      .execute();
    return (await lockedKeys(tx, hint)).map(publishedKey);
  });
}

/**
 * Takes back all that a key signed, at once: nothing verifies with it from now on, and what it signed is signed again with
 * the present key. Again, it only goes on with what is left to do. @throws AppError `not-found`
 */
export async function revokeKey(deps: ControlDeps, hint: string): Promise<PublishedKey[]> {
  const keys = await deps.store.transaction().execute(async (tx) => {
    await lockedKeys(tx, hint);
    await tx
      .updateTable('signing_keys')
      .set({ revoked_at: deps.now() })
      .where('hint', '=', hint)
      .where('revoked_at', 'is', null)
      .execute();
    return (await lockedKeys(tx, hint)).map(publishedKey);
  });
  while ((await sweepRevoked(deps)) > 0);
  deps.pokeDispatcher();
  return keys;
}

async function lockedKeys(tx: Tx, hint: string): Promise<KeyRow[]> {
  const rows = await tx.selectFrom('signing_keys').selectAll().where('hint', '=', hint).forUpdate().execute();
  if (rows.length > 0) return rows;
  throw new AppError('not-found', `No key ${hint} was ever published here.`);
}
