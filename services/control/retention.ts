import { sql } from 'kysely';
import type { Sha256 } from '#schemas/digest.ts';
import { collect, type Collected } from '#services/objects/retention.ts';
import type { ControlDeps } from './deps.ts';
import { holdObject } from './object-lock.ts';

const dayMs = 86_400_000;

/**
 * Removes objects that nothing refers to: after `retentionDays`, or sooner while the store is over its quota. Uploads
 * that no rebuild named in time lose their reference first. What a rebuild, an attestation or a live upload refers to
 * stays, whatever the quota.
 */
export async function collectObjects(deps: ControlDeps, retentionDays: number): Promise<Collected> {
  const { store } = deps;
  await store.deleteFrom('uploads').where('expires_at', '<', deps.now()).execute();
  const collected = await collect({
    store: deps.objects,
    isReferenced: (sha256) => isReferenced(deps, sha256),
    exclusively: (sha256, remove) =>
      store.transaction().execute(async (tx) => {
        await holdObject(tx, sha256, 'exclusive');
        await remove();
        if ((await deps.objects.size(sha256)) === undefined)
          await tx.deleteFrom('objects').where('sha256', '=', sha256).execute();
      }),
    unreferencedMaxAgeMs: retentionDays * dayMs,
    quotaBytes: deps.quotaBytes,
    now: deps.now(),
  });
  if (collected.removed.length > 0)
    deps.log.info({ removed: collected.removed.length, freedBytes: collected.freedBytes }, 'objects removed');
  if (collected.overQuota)
    deps.log.warn({ heldBytes: collected.heldBytes }, 'what is referenced alone exceeds the quota');
  return collected;
}

async function isReferenced(deps: ControlDeps, sha256: Sha256): Promise<boolean> {
  const { rows } = await sql<{ referenced: boolean }>`
    select exists (select 1 from object_refs where sha256 = ${sha256})
        or exists (select 1 from uploads where sha256 = ${sha256})
        or exists (select 1 from attestations where bundle_sha256 = ${sha256}) as referenced`.execute(
    deps.store,
  );
  return rows[0]?.referenced ?? true;
}
