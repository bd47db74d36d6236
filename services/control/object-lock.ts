import { sql } from 'kysely';
import type { Sha256 } from '#schemas/digest.ts';
import type { Tx } from './deps.ts';

/**
 * Until the transaction ends: who refers to an object holds it `shared`, who removes it `exclusive`, so that no reference
 * comes between the last look and the removal.
 */
export async function holdObject(tx: Tx, sha256: Sha256, mode: 'shared' | 'exclusive'): Promise<void> {
  const key = `object ${sha256}`;
  if (mode === 'shared')
    await sql`select pg_advisory_xact_lock_shared(hashtextextended(${key}, 0))`.execute(tx);
  else await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx);
}
