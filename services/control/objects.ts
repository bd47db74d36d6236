import type { Readable } from 'node:stream';
import { AppError } from '#core/errors/app-error.ts';
import type { ObjectRef, Sha256 } from '#schemas/digest.ts';
import type { AttestInput, CompareInput, RebuildInput, ResolveInput } from '#schemas/jobs.ts';
import { maySee, requireGateway, requireWriter } from './access.ts';
import type { Caller } from './control-plane.ts';
import type { ControlDeps, Tx } from './deps.ts';
import { findLeased } from './lease.ts';
import { holdObject } from './object-lock.ts';
import type { JobRow } from './state.ts';

/** How long an upload waits for a rebuild that names it. */
const uploadDays = 1;

type Bytes = { bytes: Readable; size: number };

/** Stores bytes and, in the table, that we have them. @throws AppError `digest-mismatch`, `too-large`, `quota-exceeded` */
async function keep(deps: ControlDeps, sha256: Sha256, bytes: Readable): Promise<ObjectRef> {
  await refuseOverQuota(deps);
  const ref = await deps.objects.put(sha256, bytes, { sizeMax: deps.objectSizeMaxBytes });
  await deps.store
    .insertInto('objects')
    .values({ sha256, size: ref.size })
    .onConflict((conflict) => conflict.column('sha256').doNothing())
    .execute();
  return ref;
}

async function refuseOverQuota(deps: ControlDeps): Promise<void> {
  const { total } = await deps.store
    .selectFrom('objects')
    .select(({ fn, lit }) => fn.coalesce(fn.sum<number>('size'), lit(0)).as('total'))
    .executeTakeFirstOrThrow();
  if (Number(total) >= deps.quotaBytes)
    throw new AppError('quota-exceeded', 'The object store has reached its quota.', {
      hint: 'Raise ASSAY_OBJECTS_QUOTA_BYTES, or wait until retention has removed what nothing refers to.',
    });
}

/** @throws AppError `not-found` */
async function open(deps: ControlDeps, sha256: Sha256, range?: readonly [number, number]): Promise<Bytes> {
  const size = await deps.objects.size(sha256);
  const bytes = size === undefined ? undefined : await deps.objects.get(sha256, range);
  if (size === undefined || !bytes) throw new AppError('not-found', `There is no object sha256:${sha256}.`);
  return { bytes, size };
}

export async function upload(
  deps: ControlDeps,
  caller: Caller,
  sha256: Sha256,
  bytes: Readable,
): Promise<ObjectRef> {
  requireWriter(caller);
  const expiresAt = new Date(deps.now().getTime() + uploadDays * 86_400_000);
  // Before the bytes, so that retention never sees them unreferenced.
  await deps.store.transaction().execute(async (tx) => {
    await holdObject(tx, sha256, 'shared');
    await tx
      .insertInto('uploads')
      .values({ sha256, submitter: caller.subject, expires_at: expiresAt })
      .onConflict((conflict) =>
        conflict.columns(['sha256', 'submitter']).doUpdateSet({ expires_at: expiresAt }),
      )
      .execute();
  });
  return keep(deps, sha256, bytes);
}

/** An object is seen by those who may see a rebuild that refers to it, and by whoever uploaded it. */
export async function visibleObject(
  deps: ControlDeps,
  caller: Caller,
  sha256: Sha256,
  range?: readonly [number, number],
): Promise<Bytes> {
  const rebuilds = await deps.store
    .selectFrom('object_refs')
    .innerJoin('rebuilds', 'rebuilds.id', 'object_refs.rebuild_id')
    .select(['rebuilds.visibility', 'rebuilds.submitter'])
    .where('object_refs.sha256', '=', sha256)
    .execute();
  const visible = rebuilds.some((row) => maySee(caller, row)) || (await isUploader(deps, caller, sha256));
  if (!visible) throw new AppError('not-found', `There is no object sha256:${sha256}.`);
  return open(deps, sha256, range);
}

async function isUploader(deps: ControlDeps, caller: Caller, sha256: Sha256): Promise<boolean> {
  if (caller.scope === 'anonymous') return false;
  const row = await deps.store
    .selectFrom('uploads')
    .select('sha256')
    .where('sha256', '=', sha256)
    .where('submitter', '=', caller.subject)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * What a job may read: what its input names, no more. So a rebuild never gets the artifact under test, which its build
 * could copy.
 */
function readable(job: JobRow): (string | undefined)[] {
  switch (job.kind) {
    case 'resolve': {
      const input = job.input as ResolveInput;
      return input.kind === 'supplied'
        ? [input.artifact.digest.sha256, input.recipe.source.digest.sha256]
        : [];
    }
    case 'rebuild': {
      const input = job.input as RebuildInput;
      return [input.recipe.source.digest.sha256, input.recipe.environment.rootfs?.sha256];
    }
    case 'compare': {
      const input = job.input as CompareInput;
      return [input.artifact.digest.sha256, input.output.digest.sha256];
    }
    case 'attest': {
      const input = job.input as Partial<AttestInput>;
      const stated = input.task && 'stated' in input.task ? input.task.stated : [];
      return [
        input.artifact?.digest.sha256,
        input.output?.digest.sha256,
        ...stated.map(({ statement }) => statement.digest.sha256),
      ];
    }
  }
}

export async function jobObject(
  deps: ControlDeps,
  jobId: string,
  token: string,
  sha256: Sha256,
): Promise<Bytes> {
  const job = await findLeased(deps, jobId, token);
  if (!readable(job).includes(sha256))
    throw new AppError('not-found', `Job ${jobId} has no input sha256:${sha256}.`);
  return open(deps, sha256);
}

export async function putJobObject(
  deps: ControlDeps,
  jobId: string,
  token: string,
  sha256: Sha256,
  bytes: Readable,
): Promise<ObjectRef> {
  const job = await findLeased(deps, jobId, token);
  await refer(deps, sha256, job.rebuild_id, job.id);
  return keep(deps, sha256, bytes);
}

/** Makes the rebuild keep the object; before its bytes are stored, so that retention never sees them unreferenced. */
export async function refer(
  deps: ControlDeps,
  sha256: Sha256,
  rebuildId: string,
  jobId?: string,
): Promise<void> {
  await deps.store.transaction().execute((tx) => referAll(tx, [sha256], rebuildId, jobId));
}

/** As `refer`, for several, in the caller's transaction. `jobId`: the job that brings them. */
export async function referAll(
  tx: Tx,
  sha256s: readonly Sha256[],
  rebuildId: string,
  jobId?: string,
): Promise<void> {
  const distinct = [...new Set(sha256s)].toSorted();
  if (distinct.length === 0) return;
  for (const sha256 of distinct) await holdObject(tx, sha256, 'shared');
  await tx
    .insertInto('object_refs')
    .values(distinct.map((sha256) => ({ sha256, rebuild_id: rebuildId, job_id: jobId ?? null })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function gatewayObject(deps: ControlDeps, caller: Caller, sha256: Sha256): Promise<Bytes> {
  requireGateway(caller);
  return open(deps, sha256);
}

export async function putGatewayObject(
  deps: ControlDeps,
  caller: Caller,
  sha256: Sha256,
  bytes: Readable,
): Promise<ObjectRef> {
  requireGateway(caller);
  return keep(deps, sha256, bytes);
}
