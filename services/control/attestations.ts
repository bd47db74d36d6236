import { text } from 'node:stream/consumers';
import { AppError } from '#core/errors/app-error.ts';
import type { Sha256 } from '#schemas/digest.ts';
import type { Attestation } from '#schemas/jobs.ts';
import type { AttestationView } from '#schemas/rebuild.ts';
import type { Store } from '#services/store/store.ts';
import { maySee } from './access.ts';
import type { Caller } from './control-plane.ts';
import type { ControlDeps, Tx } from './deps.ts';
import { appendEvents } from './events.ts';
import { logIsConfigured, withdrawnKeys } from './keys.ts';
import type { JobRow, RebuildRow } from './state.ts';

type Bundle = NonNullable<Attestation['bundle']>;

/** Statements listed at most about one digest. */
const listedMax = 100;

/** Keeps what the attester stated of a rebuild, with the bundles that it could make. What has none yet is told. */
export async function keepStated(
  tx: Tx,
  rebuild: RebuildRow,
  job: JobRow,
  attestations: readonly Attestation[],
): Promise<void> {
  for (const { predicateType, subject, statement } of attestations)
    await tx
      .insertInto('attestations')
      .values({
        rebuild_id: rebuild.id,
        predicate_type: predicateType,
        subject_sha256: subject.sha256,
        statement_sha256: statement.digest.sha256,
        statement_size: statement.size,
        state: 'unlogged',
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  const kept = await keepBundles(tx, rebuild, job, attestations);
  if (kept.length === attestations.length) return;
  const waiting = (await attestationsOf(tx, rebuild.id)).filter(({ state }) => state !== 'complete');
  await appendEvents(
    tx,
    rebuild.id,
    waiting.map(({ predicateType: name, state }) => ({ type: 'attestation', name, state })),
  );
}

/**
 * Keeps each bundle of a statement that has none yet: of several that come, from doubled or late work too, the first is
 * served and the others are dropped. Answers the predicate types that are complete now and were not before.
 */
export async function keepBundles(
  tx: Tx,
  rebuild: RebuildRow,
  job: JobRow,
  attestations: readonly Attestation[],
): Promise<string[]> {
  const withdrawn = await withdrawnKeys(tx);
  const mustBeLogged = rebuild.visibility === 'public' && (await logIsConfigured(tx));
  const kept: string[] = [];
  for (const { predicateType, statement, bundle } of attestations) {
    if (!bundle || !mayServe(bundle, withdrawn, mustBeLogged)) continue;
    const { numUpdatedRows } = await tx
      .updateTable('attestations')
      .set({
        state: 'complete',
        bundle_sha256: bundle.digest.sha256,
        bundle_size: bundle.size,
        key_hint: bundle.keyHint ?? null,
        logged: bundle.witnessed.log,
        timestamped: bundle.witnessed.timestamp,
      })
      .where('rebuild_id', '=', rebuild.id)
      .where('statement_sha256', '=', statement.digest.sha256)
      .where('state', '<>', 'complete')
      .executeTakeFirst();
    if (numUpdatedRows > 0n) kept.push(predicateType);
  }
  const brought = attestations.filter(({ bundle }) => bundle);
  // A first try that all was taken of has left nothing else.
  if (job.tries > 1 || kept.length < brought.length) await dropUnkept(tx, job);
  return kept;
}

/** A key may have been withdrawn, or a rebuild published, while the attester was signing. */
function mayServe(bundle: Bundle, withdrawn: readonly string[], mustBeLogged: boolean): boolean {
  if (bundle.keyHint !== undefined && withdrawn.includes(bundle.keyHint)) return false;
  return bundle.witnessed.log || !mustBeLogged;
}

/** What the job brought and nothing is made of, such as the bundles of a try whose answer was lost, is let go. */
async function dropUnkept(tx: Tx, job: JobRow): Promise<void> {
  await tx
    .deleteFrom('object_refs')
    .where('job_id', '=', job.id)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('attestations')
            .select('attestations.rebuild_id')
            .whereRef('attestations.rebuild_id', '=', 'object_refs.rebuild_id')
            .where((eb) =>
              eb.or([
                eb('attestations.statement_sha256', '=', eb.ref('object_refs.sha256')),
                eb('attestations.bundle_sha256', '=', eb.ref('object_refs.sha256')),
              ]),
            ),
        ),
      ),
    )
    .execute();
}

/** The statements about a rebuild, as shown. */
export async function attestationsOf(db: Store | Tx, rebuildId: string): Promise<AttestationView[]> {
  const rows = await db
    .selectFrom('attestations')
    .selectAll()
    .where('rebuild_id', '=', rebuildId)
    .orderBy('predicate_type')
    .orderBy('variant')
    .execute();
  return rows.map((row) => ({
    predicateType: row.predicate_type,
    subject: { sha256: row.subject_sha256 },
    state: row.state,
    ...(row.statement_sha256 === null ? {} : { statement: { sha256: row.statement_sha256 } }),
    ...(row.bundle_sha256 === null
      ? {}
      : { digest: { sha256: row.bundle_sha256 }, size: row.bundle_size ?? 0, logged: row.logged }),
  }));
}

/** The bundles about a digest that the caller may see, newest statement first; what is not complete has none. */
export async function bundlesAbout(
  deps: ControlDeps,
  caller: Caller,
  sha256: Sha256,
): Promise<{ predicateType: string; digest: string; bundle: unknown }[]> {
  const rows = await deps.store
    .selectFrom('attestations')
    .innerJoin('rebuilds', 'rebuilds.id', 'attestations.rebuild_id')
    .select([
      'attestations.predicate_type',
      'attestations.bundle_sha256',
      'rebuilds.visibility',
      'rebuilds.submitter',
    ])
    .where('attestations.subject_sha256', '=', sha256)
    .where('attestations.state', '=', 'complete')
    .orderBy('attestations.created_at', 'desc')
    .limit(listedMax)
    .execute();
  const visible = rows.filter((row) => maySee(caller, row));
  return Promise.all(
    visible.map(async ({ predicate_type: predicateType, bundle_sha256: digest }) => {
      const bytes = digest === null ? undefined : await deps.objects.get(digest);
      if (digest === null || !bytes)
        throw new AppError('internal', `Bundle sha256:${digest} is not in the object store.`);
      return { predicateType, digest, bundle: JSON.parse(await text(bytes)) as unknown };
    }),
  );
}
