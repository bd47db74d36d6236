import { AppError } from '#core/errors/app-error.ts';
import type { Store } from '#services/store/store.ts';
import type { Caller } from './control-plane.ts';
import type { Tx } from './deps.ts';
import type { RebuildRow } from './state.ts';

/** What is public is read by anyone; what is private by its submitter and by admins. */
export function maySee(caller: Caller, row: Pick<RebuildRow, 'visibility' | 'submitter'>): boolean {
  return (
    row.visibility === 'public' ||
    caller.scope === 'admin' ||
    (caller.scope !== 'anonymous' && caller.subject === row.submitter)
  );
}

/** @throws AppError `not-found` also where the caller may not see it: its existence is private too */
export async function visibleRebuild(db: Store | Tx, caller: Caller, id: string): Promise<RebuildRow> {
  const row = await db.selectFrom('rebuilds').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || !maySee(caller, row)) throw new AppError('not-found', `There is no rebuild ${id}.`);
  return row;
}

/** @throws AppError `forbidden` */
export function requireWriter(caller: Caller): void {
  if (caller.scope !== 'submitter' && caller.scope !== 'admin')
    throw new AppError('forbidden', 'Submitting needs a token of scope submitter or admin.', {
      hint: 'Create one with `assay token create`, or let CI log in by OIDC.',
    });
}

/** @throws AppError `not-found`, `forbidden` */
export async function ownedRebuild(db: Store | Tx, caller: Caller, id: string): Promise<RebuildRow> {
  const row = await visibleRebuild(db, caller, id);
  requireWriter(caller);
  if (caller.scope !== 'admin' && caller.subject !== row.submitter)
    throw new AppError('forbidden', 'Only its submitter or an admin may do that.');
  return row;
}

/** @throws AppError `forbidden` */
export function requireGateway(caller: Caller): void {
  if (caller.scope !== 'gateway') throw new AppError('forbidden', 'Only the gateway may do that.');
}

/** @throws AppError `forbidden` */
export function requireAdmin(caller: Caller): void {
  if (caller.scope !== 'admin') throw new AppError('forbidden', 'Only an admin may do that.');
}
