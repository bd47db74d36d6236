import { describe, expect, it } from 'vitest';
import type { AttestInput } from '#schemas/jobs.ts';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import { sweepIncomplete } from '#services/control/completion.ts';
import { sweep } from '#services/control/sweep.ts';
import {
  anonymous,
  attester,
  builderId,
  bundleOf,
  bundlesOf,
  carried,
  claimNext,
  complete,
  deps,
  later,
  now,
  openJobs,
  plane,
  refsOf,
  resultOf,
  setClock,
  statesOf,
  store,
  unlogged,
  upload,
  usePlane,
} from '#test/harness/control/unlogged-plane.ts';
import { sha256Of } from '#test/harness/samples.ts';

describe('attestations that wait for their witnesses, over PostgreSQL', () => {
  usePlane();

  it('gives the verdict at once, says that it is unlogged, and has nothing to download', async () => {
    const result = await unlogged();
    expect(result).toMatchObject({ verdict: 'reproduced', level: 'SLSA_BUILD_LEVEL_1' });
    expect(statesOf(result)).toEqual(['unlogged', 'unlogged']);
    for (const attestation of result.attestations) {
      expect(attestation).not.toHaveProperty('digest');
      expect(attestation.statement).toBeDefined();
    }
    expect(await bundlesOf(result)).toEqual([]);
    const sha256 = result.artifact.digest?.sha256 ?? '';
    expect((await plane.lookup(anonymous, { sha256 })).result).toEqual(result);
    const events = await plane.events(anonymous, result.rebuild.id, 0, 100);
    expect(events.filter(({ type }) => type === 'attestation')).toMatchObject([
      { name: comparisonPredicateType, state: 'unlogged' },
      { name: provenancePredicateType, state: 'unlogged' },
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'verdict' });
  });

  it('completes what it stated: the same statements, one bundle each, seen by whoever looks or waits', async () => {
    const before = await unlogged();
    const { id } = before.rebuild;
    const { revision } = await plane.rebuild(anonymous, id);
    const lease = await claimNext(id);
    expect((lease.input as AttestInput).task).toMatchObject({
      kind: 'complete',
      stated: before.attestations.map(({ predicateType, statement }) => ({
        predicateType,
        statement: { digest: statement },
      })),
    });
    const digests = await complete(lease);
    const after = await plane.rebuild(anonymous, id);
    expect(after.revision).toBeGreaterThan(revision);
    expect(after.result.attestations).toMatchObject(
      before.attestations.map(({ statement }, index) => ({
        state: 'complete',
        statement,
        logged: true,
        digest: { sha256: digests[index] },
      })),
    );
    expect((await bundlesOf(after.result)).toSorted()).toEqual(digests.toSorted());
    expect(after.result.level).toBe(before.level);
    expect(await openJobs(id)).toEqual([]);
    const kept = await plane.lookup(anonymous, { sha256: before.artifact.digest?.sha256 ?? '' });
    expect(kept.result).toEqual(after.result);
  });

  it('takes what was signed at once as complete, and asks for the rest alone', async () => {
    const result = await carried((lease, each) =>
      each.predicateType === provenancePredicateType ? bundleOf(lease, each) : Promise.resolve(undefined),
    );
    expect(statesOf(result)).toEqual(['unlogged', 'complete']);
    const lease = await claimNext(result.rebuild.id);
    expect((lease.input as AttestInput).task).toMatchObject({
      stated: [{ predicateType: comparisonPredicateType }],
    });
    await complete(lease);
    expect(statesOf(await resultOf(result.rebuild.id))).toEqual(['complete', 'complete']);
  });

  it('tries again for ever, after pauses that grow and are bounded, without a word in the events', async () => {
    const { rebuild } = await unlogged();
    const events = await plane.events(anonymous, rebuild.id, 0, 1000);
    const pauses: number[] = [];
    for (let tried = 0; tried < 1100; tried += 1) {
      const lease = await claimNext(rebuild.id);
      await plane.release(lease.jobId, lease.token, 'the log is away');
      const [job] = await openJobs(rebuild.id);
      pauses.push(((job?.due_at.getTime() ?? 0) - now.getTime()) / 1000);
      setClock(job?.due_at ?? now);
    }
    expect(pauses.slice(0, 5)).toEqual([1, 2, 4, 8, 16]);
    expect(Math.max(...pauses)).toBe(600);
    expect(await plane.events(anonymous, rebuild.id, 0, 1000)).toEqual(events);
    await complete(await claimNext(rebuild.id));
    expect(statesOf(await resultOf(rebuild.id))).toEqual(['complete', 'complete']);
  });

  it('is asked for by the sweeper alone when every message was lost, and again when the attester died', async () => {
    const { rebuild } = await unlogged();
    const [job] = await openJobs(rebuild.id);
    const sent = async (): Promise<number> =>
      (
        await store
          .selectFrom('outbox')
          .select('id')
          .where('job_id', '=', job?.id ?? '')
          .execute()
      ).length;
    expect(await sent()).toBe(0);
    later(10);
    await sweep(deps);
    expect(await sent()).toBe(1);
    const dead = await claimNext(rebuild.id);
    later(60);
    await sweep(deps);
    expect(await sent()).toBe(2);
    await expect(complete(dead)).rejects.toMatchObject({ code: 'stale-lease' });
    await complete(await claimNext(rebuild.id));
  });

  it('serves exactly one bundle of a statement whatever comes late or twice, and lets go of the others', async () => {
    const { rebuild } = await unlogged();
    const lost = await claimNext(rebuild.id);
    const { task } = lost.input as AttestInput;
    if (task.kind !== 'complete') throw new Error('that is no completion');
    const [first] = task.stated;
    if (!first) throw new Error('nothing is asked for');
    const lostBundle = await bundleOf(lost, first);
    later(60);
    const lease = await claimNext(rebuild.id);
    await expect(
      plane.report(lost.jobId, lost.token, {
        outcome: 'completed',
        attestations: [{ ...first, bundle: lostBundle }],
      }),
    ).rejects.toMatchObject({ code: 'stale-lease' });
    const reports = await Promise.allSettled([1, 2, 3].map(() => complete(lease)));
    expect(reports.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const served = await bundlesOf(await resultOf(rebuild.id));
    expect(served).toHaveLength(2);
    const refs = await refsOf(rebuild.id);
    expect(refs).toEqual(expect.arrayContaining(served));
    expect(refs).not.toContain(lostBundle.digest.sha256);
    for (const { statement } of task.stated) expect(refs).toContain(statement.digest.sha256);
  });

  it('takes no bundle of a statement that was not stated, nor a second statement', async () => {
    const { rebuild } = await unlogged();
    const lease = await claimNext(rebuild.id);
    await expect(
      plane.report(lease.jobId, lease.token, {
        outcome: 'attested',
        attestations: [],
        level: 'SLSA_BUILD_LEVEL_3',
      }),
    ).rejects.toMatchObject({ code: 'invalid-request' });
    const other = {
      predicateType: comparisonPredicateType,
      subject: { sha256: sha256Of('x') },
      statement: await upload(lease, 'another statement'),
    };
    await plane.report(lease.jobId, lease.token, {
      outcome: 'completed',
      attestations: [{ ...other, bundle: await bundleOf(lease, other) }],
    });
    expect(statesOf(await resultOf(rebuild.id))).toEqual(['unlogged', 'unlogged']);
    expect(await refsOf(rebuild.id)).not.toContain(other.statement.digest.sha256);
    await complete(await claimNext(rebuild.id));
    expect(statesOf(await resultOf(rebuild.id))).toEqual(['complete', 'complete']);
  });

  it('says that the signer would not sign, and asks again once another attester has started', async () => {
    const { rebuild } = await unlogged();
    const lease = await claimNext(rebuild.id);
    await plane.report(lease.jobId, lease.token, { outcome: 'refused', detail: 'it has other bytes' });
    expect(statesOf(await resultOf(rebuild.id))).toEqual(['unlogged', 'unlogged']);
    expect((await plane.events(anonymous, rebuild.id, 0, 100)).at(-1)).toMatchObject({
      type: 'note',
      text: expect.stringContaining('it has other bytes'),
    });
    await sweepIncomplete(deps);
    expect(await openJobs(rebuild.id)).toEqual([]);
    later(1);
    await plane.registerSigner(attester, { builderId, log: true });
    await sweepIncomplete(deps);
    await sweepIncomplete(deps);
    expect(await openJobs(rebuild.id)).toHaveLength(1);
    await complete(await claimNext(rebuild.id));
    expect(statesOf(await resultOf(rebuild.id))).toEqual(['complete', 'complete']);
  });
});
