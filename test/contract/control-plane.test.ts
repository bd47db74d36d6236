import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobKind, Lease, RebuildReport } from '#schemas/jobs.ts';
import type { RebuildResult } from '#schemas/rebuild.ts';
import type { Caller, ControlPlane } from '#services/control/control-plane.ts';
import type { ControlDeps } from '#services/control/deps.ts';
import { sweep, sweepStranded } from '#services/control/sweep.ts';
import { openStore, type Store } from '#services/store/store.ts';
import { openTestPlane, type TestPlane } from '#test/harness/control/test-plane.ts';
import {
  builtReport,
  sampleArtifact,
  sampleComparison,
  sampleRecipe,
  sha256Of,
} from '#test/harness/samples.ts';

const submitter: Caller = { subject: 'token:ci', scope: 'submitter' };
const other: Caller = { subject: 'token:other', scope: 'submitter' };
const anonymous: Caller = { subject: 'anonymous', scope: 'anonymous' };
const worker = (kind: JobKind): Caller => ({ subject: `worker:${kind}`, scope: `worker:${kind}` });
const gateway: Caller = { subject: 'gateway', scope: 'gateway' };

describe('the control plane over PostgreSQL', () => {
  let test: TestPlane;
  let store: Store;
  let now: Date;
  let deps: ControlDeps;
  let plane: ControlPlane;

  beforeAll(async () => {
    test = await openTestPlane(
      () => now,
      async (grant) => JSON.stringify(grant),
    );
    ({ store, deps, plane } = test);
  });

  beforeEach(() => {
    now = new Date();
  });

  afterAll(async () => {
    await test.close();
  });

  /** A purl that no other test asks for. */
  const freshPurl = (): string => `pkg:pypi/thing-${randomUUID()}@1.0`;

  async function openJob(rebuildId: string): Promise<{ id: string; kind: JobKind }> {
    return store
      .selectFrom('jobs')
      .select(['id', 'kind'])
      .where('rebuild_id', '=', rebuildId)
      .where('status', 'in', ['queued', 'leased'])
      .executeTakeFirstOrThrow();
  }

  async function claimNext(rebuildId: string): Promise<Lease> {
    const job = await openJob(rebuildId);
    return plane.claim(worker(job.kind), job.id, 'test');
  }

  const resolvedReport = (purl: string, bytes: string) => ({
    outcome: 'resolved',
    artifact: { ...sampleArtifact(bytes), purl },
    source: sampleRecipe().source,
    recipes: [sampleRecipe()],
  });

  /** Carries a rebuild through to its end with an output of `output` for an artifact of `published`. */
  async function carryThrough(
    rebuildId: string,
    purl: string,
    published: string,
    output: string,
  ): Promise<RebuildResult> {
    for (let step = 0; step < 20; step += 1) {
      const { result } = await plane.rebuild(submitter, rebuildId);
      if (result.verdict !== 'pending') return result;
      const lease = await claimNext(rebuildId);
      await plane.report(lease.jobId, lease.token, reportFor(lease, purl, published, output));
    }
    throw new Error('the rebuild did not end');
  }

  function reportFor(lease: Lease, purl: string, published: string, output: string): unknown {
    const input = lease.input as { kind?: string };
    switch (lease.kind) {
      case 'resolve':
        return input.kind === 'recheck' ? { outcome: 'unchanged' } : resolvedReport(purl, published);
      case 'rebuild':
        return builtReport(output);
      case 'compare':
        return {
          outcome: 'compared',
          comparison: sampleComparison('different', published, output),
          reader: { confinement: 'test' },
        };
      case 'attest':
        return { outcome: 'attested', attestations: [], level: 'SLSA_BUILD_LEVEL_1' };
    }
  }

  /** What `work` answers where no result is kept and all is made from the rows. */
  async function withoutKeptViews<T>(work: () => Promise<T>): Promise<T> {
    await store.updateTable('rebuilds').set({ view: null }).execute();
    return work();
  }

  it('carries a purl to one verdict, and then answers look-ups by purl and by digest', async () => {
    const purl = freshPurl();
    const submitted = await plane.submit(submitter, { kind: 'purl', purl });
    expect(submitted).toMatchObject({ verdict: 'pending', artifact: { purl } });
    expect((await plane.lookup(anonymous, { purl })).verdict).toBe('pending');
    const result = await carryThrough(submitted.rebuild.id, purl, purl, purl);
    expect(result).toMatchObject({ verdict: 'reproduced', level: 'SLSA_BUILD_LEVEL_1' });
    expect(await plane.lookup(anonymous, { purl })).toMatchObject({
      verdict: 'reproduced',
      result: { rebuild: { id: submitted.rebuild.id } },
    });
    expect(await plane.lookup(anonymous, { sha256: sha256Of(purl) })).toMatchObject({
      verdict: 'reproduced',
    });
    expect(await plane.lookup(anonymous, { purl: freshPurl() })).toMatchObject({ verdict: 'unknown' });
  });

  it('finds the open rebuild when the same is submitted again, and makes a new one after it ended', async () => {
    const purl = freshPurl();
    const both = await Promise.all([
      plane.submit(submitter, { kind: 'purl', purl }),
      plane.submit(submitter, { kind: 'purl', purl }),
    ]);
    const [first, second] = both.map((result) => result.rebuild.id);
    expect(second).toBe(first);
    await carryThrough(first ?? '', purl, purl, 'other bytes');
    expect((await plane.submit(submitter, { kind: 'purl', purl })).rebuild.id).not.toBe(first);
  });

  it('gives a job to one of many workers that claim it at once', async () => {
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl: freshPurl() });
    const job = await openJob(rebuild.id);
    const claims = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => plane.claim(worker('resolve'), job.id, `w${index}`)),
    );
    expect(claims.filter((claim) => claim.status === 'fulfilled')).toHaveLength(1);
    for (const claim of claims)
      if (claim.status === 'rejected') expect(claim.reason).toMatchObject({ code: 'stale-lease' });
  });

  it('gives no job to a worker of another kind', async () => {
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl: freshPurl() });
    const job = await openJob(rebuild.id);
    await expect(plane.claim(worker('attest'), job.id, 'w')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(plane.claim(submitter, job.id, 'w')).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('refuses a report that comes late: its lease ran out and another worker has the job', async () => {
    const purl = freshPurl();
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl });
    const dead = await claimNext(rebuild.id);
    now = new Date(now.getTime() + 60_000);
    const alive = await claimNext(rebuild.id);
    expect(alive.fence).toBeGreaterThan(dead.fence);
    await expect(plane.report(dead.jobId, dead.token, resolvedReport(purl, 'x'))).rejects.toMatchObject({
      code: 'stale-lease',
    });
    await expect(plane.heartbeat(dead.jobId, dead.token)).rejects.toMatchObject({ code: 'stale-lease' });
    await expect(
      plane.putJobObject(dead.jobId, dead.token, sha256Of('x'), Readable.from([Buffer.from('x')])),
    ).rejects.toMatchObject({ code: 'stale-lease' });
    await plane.report(alive.jobId, alive.token, resolvedReport(purl, 'x'));
  });

  it('accepts one of many reports of the same attempt, and makes what comes next once', async () => {
    const purl = freshPurl();
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl });
    const lease = await claimNext(rebuild.id);
    const reports = await Promise.allSettled(
      Array.from({ length: 5 }, () => plane.report(lease.jobId, lease.token, resolvedReport(purl, 'x'))),
    );
    expect(reports.filter((report) => report.status === 'fulfilled')).toHaveLength(1);
    const jobs = await store.selectFrom('jobs').select('kind').where('rebuild_id', '=', rebuild.id).execute();
    expect(jobs.map((job) => job.kind)).toEqual(['resolve', 'rebuild']);
  });

  it('refuses the token of one attempt for the job of another', async () => {
    const [one, two] = await Promise.all(
      [freshPurl(), freshPurl()].map((purl) => plane.submit(submitter, { kind: 'purl', purl })),
    );
    const lease = await claimNext(one?.rebuild.id ?? '');
    const victim = await claimNext(two?.rebuild.id ?? '');
    await expect(
      plane.report(victim.jobId, lease.token, resolvedReport(freshPurl(), 'x')),
    ).rejects.toMatchObject({ code: 'stale-lease' });
  });

  it('refuses a report that is not of its schema, and keeps the lease so that a right one can follow', async () => {
    const purl = freshPurl();
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl });
    const lease = await claimNext(rebuild.id);
    await expect(plane.report(lease.jobId, lease.token, { outcome: 'reproduced' })).rejects.toMatchObject({
      code: 'invalid-request',
    });
    await plane.report(lease.jobId, lease.token, resolvedReport(purl, 'x'));
  });

  it('wakes workers again for a job that nobody claimed, and takes a job back from a worker that fell silent', async () => {
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl: freshPurl() });
    const job = await openJob(rebuild.id);
    const sent = async (): Promise<number> =>
      (await store.selectFrom('outbox').select('id').where('job_id', '=', job.id).execute()).length;
    const before = await sent();
    await sweep(deps);
    expect(await sent()).toBe(before);
    now = new Date(now.getTime() + 20_000);
    await sweep(deps);
    expect(await sent()).toBe(before + 1);
    const lease = await plane.claim(worker('resolve'), job.id, 'dies');
    now = new Date(now.getTime() + 31_000);
    await sweep(deps);
    await expect(plane.heartbeat(job.id, lease.token)).rejects.toMatchObject({ code: 'stale-lease' });
    expect(await sent()).toBe(before + 2);
  });

  it('gives up a job after its last try and says that the failure was ours', async () => {
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl: freshPurl() });
    const job = await openJob(rebuild.id);
    for (let tried = 0; tried < 4; tried += 1) {
      const lease = await plane.claim(worker('resolve'), job.id, 'w');
      await plane.release(job.id, lease.token, 'the disk is full');
    }
    const attest = await claimNext(rebuild.id);
    await plane.report(attest.jobId, attest.token, {
      outcome: 'attested',
      attestations: [],
      level: 'SLSA_BUILD_LEVEL_0',
    });
    expect((await plane.rebuild(anonymous, rebuild.id)).result).toMatchObject({
      verdict: 'inconclusive',
      reason: 'infrastructure',
      retryable: true,
    });
  });

  it('never gives the artifact under test to the job that builds it', async () => {
    const purl = freshPurl();
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl });
    const resolve = await claimNext(rebuild.id);
    await plane.putJobObject(
      resolve.jobId,
      resolve.token,
      sha256Of('source'),
      Readable.from([Buffer.from('source')]),
    );
    await plane.putJobObject(
      resolve.jobId,
      resolve.token,
      sha256Of('published'),
      Readable.from([Buffer.from('published')]),
    );
    await plane.report(resolve.jobId, resolve.token, resolvedReport(purl, 'published'));
    const build = await claimNext(rebuild.id);
    const { bytes } = await plane.jobObject(build.jobId, build.token, sha256Of('source'));
    expect(await text(bytes)).toBe('source');
    await expect(plane.jobObject(build.jobId, build.token, sha256Of('published'))).rejects.toMatchObject({
      code: 'not-found',
    });
    const grant = JSON.parse((build.input as { gateway: { token: string } }).gateway.token) as {
      refuse: unknown;
    };
    expect(grant.refuse).toEqual({ files: [sampleArtifact().file], sha256: [sha256Of('published')] });
  });

  it('keeps an upload private to its submitter, and a supplied verdict out of public look-ups until published and apart after', async () => {
    const artifact = `artifact ${randomUUID()}`;
    const source = `source ${randomUUID()}`;
    for (const body of [artifact, source])
      await plane.upload(submitter, sha256Of(body), Readable.from([Buffer.from(body)]));
    await expect(plane.object(other, sha256Of(artifact))).rejects.toMatchObject({ code: 'not-found' });
    const { registry: _, ...recipe } = sampleRecipe({
      by: 'supplied',
      source: { kind: 'folder', file: 'src.tar', digest: { sha256: sha256Of(source) }, size: source.length },
    });
    const request = {
      kind: 'supplied',
      artifact: { file: 'thing.tar.gz', digest: { sha256: sha256Of(artifact) }, purl: freshPurl() },
      recipe,
    } as const;
    await expect(plane.submit(other, request)).rejects.toMatchObject({ code: 'not-found' });
    const { rebuild } = await plane.submit(submitter, request);
    await expect(plane.rebuild(other, rebuild.id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(plane.events(anonymous, rebuild.id, 0, 10)).rejects.toMatchObject({ code: 'not-found' });
    const resolve = await claimNext(rebuild.id);
    await plane.report(resolve.jobId, resolve.token, {
      outcome: 'resolved',
      artifact: { ...request.artifact, size: artifact.length },
      source: recipe.source,
      recipes: [recipe],
    });
    await carryThrough(rebuild.id, request.artifact.purl, artifact, artifact);
    const sha256 = sha256Of(artifact);
    expect(await plane.lookup(anonymous, { sha256 })).toMatchObject({ verdict: 'unknown', supplied: [] });
    await plane.publish(submitter, rebuild.id);
    const published = await plane.lookup(anonymous, { sha256 });
    expect(published).toMatchObject({
      verdict: 'unknown',
      supplied: [
        {
          verdict: 'reproduced',
          recipe: { by: 'supplied', author: 'token:ci' },
          rebuild: { visibility: 'public' },
        },
      ],
    });
    expect(published).toEqual(await withoutKeptViews(() => plane.lookup(anonymous, { sha256 })));
  });

  it('keeps of a finished rebuild exactly what its rows say', async () => {
    const purl = freshPurl();
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl });
    const finished = await carryThrough(rebuild.id, purl, purl, `other than ${purl}`);
    expect(finished).toMatchObject({ verdict: 'different', differencesTotal: 1 });
    const kept = await plane.lookup(anonymous, { purl });
    expect(kept.result).toEqual(finished);
    expect(kept).toEqual(await withoutKeptViews(() => plane.lookup(anonymous, { purl })));
  });

  it('answers with a proof by bytes however many weaker rebuilds came after it', async () => {
    const purl = freshPurl();
    const { rebuild: proof } = await plane.submit(submitter, { kind: 'purl', purl });
    await carryThrough(proof.id, purl, purl, purl);
    for (let later = 0; later < 21; later += 1) {
      const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl });
      await carryThrough(rebuild.id, purl, purl, `other than ${purl}`);
    }
    expect(await plane.lookup(anonymous, { sha256: sha256Of(purl) })).toMatchObject({
      verdict: 'reproduced',
      result: { verdict: 'reproduced', rebuild: { id: proof.id } },
    });
  });

  it('replays a finished rebuild from its record: the same recipe in the same root file system, nothing resolved anew', async () => {
    const purl = freshPurl();
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl });
    const resolve = await claimNext(rebuild.id);
    await plane.report(resolve.jobId, resolve.token, resolvedReport(purl, purl));
    const build = await claimNext(rebuild.id);
    const served = {
      method: 'GET',
      path: 'simple/flit-core/',
      status: 200,
      contentType: 'text/html',
      size: 1,
      sha256: sha256Of('i'),
      kind: 'index',
      at: now.toISOString(),
    } as const;
    await plane.recordServed(gateway, build.jobId, build.fence, served);
    await expect(plane.recordServed(gateway, build.jobId, build.fence + 1, served)).rejects.toMatchObject({
      code: 'stale-lease',
    });
    const report = builtReport(purl);
    await plane.report(build.jobId, build.token, report);
    await expect(plane.submit(submitter, { kind: 'replay', of: rebuild.id })).rejects.toMatchObject({
      code: 'conflict',
    });
    await carryThrough(rebuild.id, purl, purl, purl);
    const replay = await plane.submit(submitter, { kind: 'replay', of: rebuild.id });
    const again = await claimNext(replay.rebuild.id);
    expect(again.kind).toBe('rebuild');
    const rootfs = (report as Extract<RebuildReport, { outcome: 'built' }>).ran.rootfs.digest;
    expect(again.input).toMatchObject({ gateway: { mode: 'replay' }, recipe: { environment: { rootfs } } });
    expect(await plane.replayRecord(gateway, again.jobId)).toEqual([served]);
  });

  it('cancels once: what was being done is refused, and the verdict says cancelled', async () => {
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl: freshPurl() });
    const lease = await claimNext(rebuild.id);
    await expect(plane.cancel(other, rebuild.id)).rejects.toMatchObject({ code: 'forbidden' });
    await plane.cancel(submitter, rebuild.id);
    await expect(plane.heartbeat(lease.jobId, lease.token)).rejects.toMatchObject({ code: 'stale-lease' });
    await expect(plane.cancel(submitter, rebuild.id)).rejects.toMatchObject({ code: 'conflict' });
    const attest = await claimNext(rebuild.id);
    await plane.report(attest.jobId, attest.token, {
      outcome: 'attested',
      attestations: [],
      level: 'SLSA_BUILD_LEVEL_0',
    });
    expect((await plane.rebuild(anonymous, rebuild.id)).result).toMatchObject({
      verdict: 'inconclusive',
      reason: 'cancelled',
    });
  });

  it('wakes whoever waits as soon as the rebuild changes, and not before', async () => {
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl: freshPurl() });
    const { revision } = await plane.rebuild(anonymous, rebuild.id);
    const signal = new AbortController().signal;
    const waited = plane.waitForChange(rebuild.id, revision, 20_000, signal);
    await plane.cancel(submitter, rebuild.id);
    await waited;
    expect((await plane.rebuild(anonymous, rebuild.id)).revision).toBeGreaterThan(revision);
    await plane.waitForChange(rebuild.id, revision, 20_000, signal);
  });

  it('numbers the events of a rebuild without a gap, however many write at once', async () => {
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl: freshPurl() });
    const lease = await claimNext(rebuild.id);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        plane.progress(lease.jobId, lease.token, [{ type: 'log', stream: 'stdout', line: `line ${index}` }]),
      ),
    );
    const events = await plane.events(anonymous, rebuild.id, 0, 1000);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.filter((event) => event.type === 'log')).toHaveLength(20);
  });

  it('leaves no rebuild without an open job or an end', async () => {
    expect(await sweepStranded(deps)).toBe(0);
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl: freshPurl() });
    const job = await openJob(rebuild.id);
    await store.updateTable('jobs').set({ status: 'gave-up' }).where('id', '=', job.id).execute();
    expect(await sweepStranded(deps)).toBe(1);
    expect((await openJob(rebuild.id)).kind).toBe('attest');
  });

  it('has tables that several processes may bring up to date at once, and again', async () => {
    const opened = await Promise.all(
      Array.from({ length: 4 }, () =>
        openStore(test.postgres.url, { connectionsMax: 2, onError: () => undefined }),
      ),
    );
    for (const each of opened) await each.store.destroy();
  });
});
