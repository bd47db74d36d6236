import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { sweep } from '#services/control/sweep.ts';
import {
  anonymous,
  claimNext,
  deps,
  freshPurl,
  later,
  openJob,
  plane,
  resolvedReport,
  store,
  submitter,
  usePlane,
  worker,
} from '#test/harness/control/carried-plane.ts';
import { sampleArtifact, sha256Of } from '#test/harness/samples.ts';

describe('the jobs of the control plane', () => {
  usePlane();

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
    later(60);
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
    later(20);
    await sweep(deps);
    expect(await sent()).toBe(before + 1);
    const lease = await plane.claim(worker('resolve'), job.id, 'dies');
    later(31);
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
});
