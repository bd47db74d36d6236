import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { AttestInput } from '#schemas/jobs.ts';
import type { RebuildResult } from '#schemas/rebuild.ts';
import {
  admin,
  attested,
  attester,
  builderId,
  bundleOf,
  bundlesOf,
  claimNext,
  complete,
  later,
  openJobs,
  plane,
  registeredKey,
  resultOf,
  statesOf,
  store,
  submitter,
  usePlane,
} from '#test/harness/control/unlogged-plane.ts';
import { builtReport, sampleRecipe, sha256Of } from '#test/harness/samples.ts';

describe('what is private and waits for its witnesses', () => {
  usePlane();

  /** A supplied rebuild with its verdict, signed without the log. */
  async function privateRebuild(): Promise<RebuildResult> {
    const artifact = `artifact ${randomUUID()}`;
    const source = `source ${randomUUID()}`;
    for (const body of [artifact, source])
      await plane.upload(submitter, sha256Of(body), Readable.from([Buffer.from(body)]));
    const { registry: _, ...recipe } = sampleRecipe({
      by: 'supplied',
      source: {
        kind: 'folder',
        file: 's.tar',
        digest: { sha256: sha256Of(source) },
        size: source.length,
      },
    });
    const file = 'thing-1.0-py3-none-any.whl';
    const about = { file, digest: { sha256: sha256Of(artifact) } };
    const { rebuild } = await plane.submit(submitter, { kind: 'supplied', artifact: about, recipe });
    for (;;) {
      const result = await resultOf(rebuild.id);
      if (result.verdict !== 'pending') return result;
      const lease = await claimNext(rebuild.id);
      const report =
        lease.kind === 'resolve'
          ? {
              outcome: 'resolved',
              artifact: { ...about, size: artifact.length },
              source: recipe.source,
              recipes: [recipe],
            }
          : lease.kind === 'rebuild'
            ? builtReport(artifact)
            : await attested(lease, (each) => {
                expect((lease.input as AttestInput).visibility).toBe('private');
                return bundleOf(lease, each, { log: false });
              });
      await plane.report(lease.jobId, lease.token, report);
    }
  }

  it('is complete without the log, and is logged once it is published: one bundle, and another one', async () => {
    const result = await privateRebuild();
    expect(statesOf(result)).toEqual(['complete', 'complete']);
    const own = await bundlesOf(result, submitter);
    expect(own).toHaveLength(2);
    expect(await bundlesOf(result)).toEqual([]);

    const published = await plane.publish(submitter, result.rebuild.id);
    expect(statesOf(published)).toEqual(['unlogged', 'unlogged']);
    expect(await bundlesOf(result)).toEqual([]);
    const lease = await claimNext(result.rebuild.id);
    expect(lease.input).toMatchObject({ visibility: 'public' });
    const digests = await complete(lease);
    expect((await bundlesOf(result)).toSorted()).toEqual(digests.toSorted());
    expect(digests.some((digest) => own.includes(digest))).toBe(false);
  });

  it('stays complete when it is published where there is no log', async () => {
    const result = await privateRebuild();
    later(1);
    await plane.registerSigner(attester, { builderId, log: false });
    const published = await plane.publish(submitter, result.rebuild.id);
    expect(statesOf(published)).toEqual(['complete', 'complete']);
    expect(await openJobs(result.rebuild.id)).toEqual([]);
  });

  it('that is published while it is being signed does not end without the log', async () => {
    const result = await privateRebuild();
    const key = await registeredKey();
    await store
      .updateTable('attestations')
      .set({ key_hint: key.hint })
      .where('rebuild_id', '=', result.rebuild.id)
      .execute();
    await plane.revokeKey(admin, key.hint);
    const lease = await claimNext(result.rebuild.id);
    expect(lease.input).toMatchObject({ visibility: 'private' });
    await plane.publish(submitter, result.rebuild.id);
    await complete(lease, { log: false });
    expect(statesOf(await resultOf(result.rebuild.id))).not.toContain('complete');
    await complete(await claimNext(result.rebuild.id));
    expect((await resultOf(result.rebuild.id)).attestations).toMatchObject([
      { state: 'complete', logged: true },
      { state: 'complete', logged: true },
    ]);
  });
});
