import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { RebuildReport } from '#schemas/jobs.ts';
import { sweepStranded } from '#services/control/sweep.ts';
import { openStore } from '#services/store/store.ts';
import {
  anonymous,
  carryThrough,
  claimNext,
  deps,
  freshPurl,
  gateway,
  now,
  opened,
  openJob,
  other,
  plane,
  resolvedReport,
  store,
  submitter,
  usePlane,
  withoutKeptViews,
} from '#test/harness/control/carried-plane.ts';
import { builtReport, sampleRecipe, sha256Of } from '#test/harness/samples.ts';

describe('the control plane over PostgreSQL', () => {
  usePlane();

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
    const both = await Promise.all(
      Array.from({ length: 4 }, () =>
        openStore(opened.postgres.url, { connectionsMax: 2, onError: () => undefined }),
      ),
    );
    for (const each of both) await each.store.destroy();
  });
});
