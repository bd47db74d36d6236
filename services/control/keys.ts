import { createHash, createPublicKey } from 'node:crypto';
import { AppError } from '#core/errors/app-error.ts';
import type { PublishedKey } from '#schemas/trust.ts';
import type { Store } from '#services/store/store.ts';
import type { Selectable } from 'kysely';
import type { Database } from '#services/store/tables.ts';
import type { Caller, NewSigner } from './control-plane.ts';
import type { ControlDeps, Tx } from './deps.ts';

export type KeyRow = Selectable<Database['signing_keys']>;

/** Clocks differ: a time stamp of a new key's first signature may be earlier than the row that tells of the key. */
const clockSkewMs = 10 * 60_000;

/** Every key that signed here, newest first. */
export async function publishedKeys(db: Store | Tx): Promise<PublishedKey[]> {
  const rows = await db.selectFrom('signing_keys').selectAll().orderBy('created_at', 'desc').execute();
  return rows.map(publishedKey);
}

export function publishedKey(row: KeyRow): PublishedKey {
  return {
    hint: row.hint,
    publicKeyPem: row.public_key_pem,
    builderId: row.builder_id,
    validFrom: row.valid_from.toISOString(),
    ...(row.retired_at ? { retiredAt: row.retired_at.toISOString() } : {}),
    ...(row.revoked_at ? { revokedAt: row.revoked_at.toISOString() } : {}),
  };
}

/** Hints of the keys that nothing may be signed with any more. */
export async function withdrawnKeys(db: Store | Tx): Promise<string[]> {
  const rows = await db
    .selectFrom('signing_keys')
    .select('hint')
    .distinct()
    .where((eb) => eb.or([eb('retired_at', 'is not', null), eb('revoked_at', 'is not', null)]))
    .execute();
  return rows.map(({ hint }) => hint);
}

/** Whether what is public is to be logged: what the attester that started last says. */
export async function logIsConfigured(db: Store | Tx): Promise<boolean> {
  const row = await db
    .selectFrom('signers')
    .select('log')
    .orderBy('registered_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.log ?? false;
}

/**
 * An attester that starts says how it signs, and publishes its key where it has one of its own.
 * @throws AppError `forbidden` for a key that was retired or revoked; `invalid-request` for a hint of another key
 */
export async function registerSigner(deps: ControlDeps, caller: Caller, signer: NewSigner): Promise<void> {
  if (caller.scope !== 'worker:attest')
    throw new AppError('forbidden', 'Only the attester may publish its key.');
  const { builderId, log, key } = signer;
  const now = deps.now();
  if (key && hintOf(key.publicKeyPem) !== key.hint)
    throw new AppError('invalid-request', 'The hint is not that of the public key.');
  await deps.store.transaction().execute(async (tx) => {
    if (key) {
      await tx
        .insertInto('signing_keys')
        .values({
          hint: key.hint,
          public_key_pem: key.publicKeyPem,
          builder_id: builderId,
          created_at: now,
          valid_from: new Date(now.getTime() - clockSkewMs),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await refuseWithdrawn(tx, key.hint);
    }
    const said = { log, registered_at: now };
    await tx
      .insertInto('signers')
      .values({ builder_id: builderId, ...said })
      .onConflict((conflict) => conflict.column('builder_id').doUpdateSet(said))
      .execute();
  });
}

/** A key is withdrawn for whatever builder it signed: it is one secret. */
async function refuseWithdrawn(tx: Tx, hint: string): Promise<void> {
  const rows = await tx.selectFrom('signing_keys').selectAll().where('hint', '=', hint).execute();
  const hintText = 'Start the attester with another key; this one is not to be used again.';
  const revoked = rows.find(({ revoked_at }) => revoked_at)?.revoked_at;
  if (revoked)
    throw new AppError('forbidden', `The key ${hint} was revoked on ${revoked.toISOString()}.`, {
      hint: hintText,
    });
  const retired = rows.find(({ retired_at }) => retired_at)?.retired_at;
  if (retired)
    throw new AppError('forbidden', `The key ${hint} was retired on ${retired.toISOString()}.`, {
      hint: hintText,
    });
}

function hintOf(pem: string): string | undefined {
  try {
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(der).digest('base64');
  } catch {
    return undefined;
  }
}
