import { AppError } from '#core/errors/app-error.ts';
import { acceptProgress, acceptReport } from './report.ts';
import { ownedRebuild, requireAdmin, visibleRebuild } from './access.ts';
import { advance } from './advance.ts';
import { bundlesAbout } from './attestations.ts';
import { layCanaries } from './canaries.ts';
import type { ChangeFeed } from './changes.ts';
import { relog } from './completion.ts';
import type { ControlPlane } from './control-plane.ts';
import type { ControlDeps } from './deps.ts';
import { appendEvents } from './events.ts';
import { filesOf } from './files-of.ts';
import { keepView, resultOf } from './kept-view.ts';
import { logIsConfigured, publishedKeys, registerSigner } from './keys.ts';
import { claim, heartbeat, release } from './lease.ts';
import { levelReport } from './level.ts';
import { lookup } from './lookup.ts';
import {
  gatewayObject,
  jobObject,
  putGatewayObject,
  putJobObject,
  upload,
  visibleObject,
} from './objects.ts';
import { recordServed, replayRecord } from './served.ts';
import { lockRebuild } from './state.ts';
import { submit } from './submit.ts';
import { summarize } from './summaries.ts';
import { retireKey, revokeKey } from './withdraw-key.ts';

/** The control plane over PostgreSQL and the object store. */
export function createControlPlane(deps: ControlDeps, changes: ChangeFeed): ControlPlane {
  const { store } = deps;
  return {
    submit: async (caller, request) => resultOf(store, await submit(deps, caller, request)),

    rebuild: async (caller, id) => {
      const row = await visibleRebuild(store, caller, id);
      return { result: await resultOf(store, row), revision: row.revision };
    },

    rebuilds: async (caller, page) => {
      let query = store
        .selectFrom('rebuilds')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit + 1);
      if (caller.scope !== 'admin')
        query = query.where((eb) =>
          eb.or([eb('visibility', '=', 'public'), eb('submitter', '=', caller.subject)]),
        );
      if (page.before !== undefined) {
        const cursor = await visibleRebuild(store, caller, page.before);
        query = query.where((eb) =>
          eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(cursor.created_at, cursor.id)),
        );
      }
      const rows = await query.execute();
      const items = await Promise.all(rows.slice(0, page.limit).map((row) => resultOf(store, row)));
      const last = rows[page.limit - 1];
      return rows.length > page.limit && last ? { items, next: last.id } : { items };
    },

    waitForChange: async (id, revision, timeoutMs, signal) => {
      // Listening begins before looking, so that no change falls in between.
      const done = new AbortController();
      const changed = changes.wait(id, timeoutMs, AbortSignal.any([signal, done.signal]));
      const row = await store
        .selectFrom('rebuilds')
        .select('revision')
        .where('id', '=', id)
        .executeTakeFirst();
      if (!row || row.revision > revision) done.abort();
      await changed;
    },

    events: async (caller, id, afterSeq, limit) => {
      await visibleRebuild(store, caller, id);
      const rows = await store
        .selectFrom('events')
        .selectAll()
        .where('rebuild_id', '=', id)
        .where('seq', '>', afterSeq)
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ seq: row.seq, at: row.at.toISOString(), ...row.body }));
    },

    cancel: async (caller, id) => {
      await ownedRebuild(store, caller, id);
      await store.transaction().execute(async (tx) => {
        const row = await lockRebuild(tx, id);
        if (row.verdict) throw new AppError('conflict', `Rebuild ${id} has its verdict already.`);
        await tx.updateTable('rebuilds').set({ cancelled: true }).where('id', '=', id).execute();
        await tx
          .updateTable('jobs')
          .set({ status: 'gave-up', token_hash: null, lease_until: null, finished_at: deps.now() })
          .where('rebuild_id', '=', id)
          .where('status', 'in', ['queued', 'leased'])
          .execute();
        await appendEvents(tx, id, [{ type: 'note', text: `Cancelled by ${caller.subject}.` }]);
        await advance(deps, tx, id);
      });
      deps.pokeDispatcher();
      return resultOf(store, await visibleRebuild(store, caller, id));
    },

    publish: async (caller, id) => {
      await ownedRebuild(store, caller, id);
      await store.transaction().execute(async (tx) => {
        const published = await tx
          .updateTable('rebuilds')
          .set({ visibility: 'public' })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow();
        if (published.finished_at) await keepView(tx, published);
        await appendEvents(tx, id, [{ type: 'note', text: `Published by ${caller.subject}.` }]);
        if (await logIsConfigured(tx)) await relog(deps, tx, published);
      });
      deps.pokeDispatcher();
      return resultOf(store, await visibleRebuild(store, caller, id));
    },

    level: (caller, id) => levelReport(deps, caller, id),

    summarize: (caller, id, policy) => summarize(deps, caller, id, policy),

    lookup: (caller, query) => lookup(deps, caller, query),
    filesOf: (caller, purl) => filesOf(deps, caller, purl),

    attestations: (caller, sha256) => bundlesAbout(deps, caller, sha256),

    keys: () => publishedKeys(store),
    retireKey: async (caller, hint) => {
      requireAdmin(caller);
      return retireKey(deps, hint);
    },
    revokeKey: async (caller, hint) => {
      requireAdmin(caller);
      return revokeKey(deps, hint);
    },

    upload: (caller, sha256, bytes) => upload(deps, caller, sha256, bytes),
    object: (caller, sha256, range) => visibleObject(deps, caller, sha256, range),

    claim: (caller, jobId, worker) => claim(deps, caller, jobId, worker),
    heartbeat: (jobId, token) => heartbeat(deps, jobId, token),
    progress: (jobId, token, events) => acceptProgress(deps, jobId, token, events),
    jobObject: (jobId, token, sha256) => jobObject(deps, jobId, token, sha256),
    putJobObject: (jobId, token, sha256, bytes) => putJobObject(deps, jobId, token, sha256, bytes),
    report: (jobId, token, report) => acceptReport(deps, jobId, token, report),
    release: (jobId, token, detail) => release(deps, jobId, token, detail),

    layCanaries: (caller, attester, canaries) => layCanaries(deps, caller, attester, canaries),
    registerSigner: (caller, signer) => registerSigner(deps, caller, signer),

    gatewayObject: (caller, sha256) => gatewayObject(deps, caller, sha256),
    putGatewayObject: (caller, sha256, bytes) => putGatewayObject(deps, caller, sha256, bytes),
    recordServed: (caller, jobId, fence, served) => recordServed(deps, caller, jobId, fence, served),
    replayRecord: (caller, jobId) => replayRecord(deps, caller, jobId),

    ready: async () => {
      await store
        .selectFrom('tokens')
        .select('id')
        .limit(1)
        .execute()
        .catch((cause: unknown) => {
          throw new AppError('unavailable', 'PostgreSQL does not answer.', { cause });
        });
    },
  };
}
