import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AttestInput, Attestation, JobKind, Lease, Stated } from '#schemas/jobs.ts';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import type { RebuildResult } from '#schemas/rebuild.ts';
import { sweepIncomplete, sweepRevoked } from '#services/control/completion.ts';
import type { Caller, ControlPlane } from '#services/control/control-plane.ts';
import type { ControlDeps } from '#services/control/deps.ts';
import { sweep } from '#services/control/sweep.ts';
import { keyHint } from '#services/signing/signer.ts';
import type { Store } from '#services/store/store.ts';
import { openTestPlane, type TestPlane } from '#test/harness/control/test-plane.ts';
import { builtReport, sampleArtifact, sampleRecipe, sha256Of } from '#test/harness/samples.ts';

const submitter: Caller = { subject: 'token:ci', scope: 'submitter' };
const anonymous: Caller = { subject: 'anonymous', scope: 'anonymous' };
const admin: Caller = { subject: 'admin', scope: 'admin' };
const attester: Caller = { subject: 'worker:attest', scope: 'worker:attest' };
const worker = (kind: JobKind): Caller => ({ subject: `worker:${kind}`, scope: `worker:${kind}` });
const types = [comparisonPredicateType, provenancePredicateType];
const builderId = 'https://builder.example/unlogged';

type Bundle = NonNullable<Attestation['bundle']>;

describe('attestations that wait for their witnesses, over PostgreSQL', () => {
  let opened: TestPlane;
  let store: Store;
  let now: Date;
  let deps: ControlDeps;
  let plane: ControlPlane;

  beforeAll(async () => {
    opened = await openTestPlane(() => now);
    ({ store, deps, plane } = opened);
  });
  beforeEach(async () => {
    now = new Date();
    await plane.registerSigner(attester, { builderId, log: true });
  });
  afterAll(async () => {
    await opened.close();
  });

  const later = (seconds: number): void => {
    now = new Date(now.getTime() + seconds * 1000);
  };

  /** A key as an attester publishes it when it starts. */
  async function registeredKey(): Promise<{ hint: string; publicKeyPem: string }> {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = {
      hint: keyHint(publicKey),
      publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    };
    await plane.registerSigner(attester, { builderId, log: true, key });
    return key;
  }

  async function openJobs(rebuildId: string) {
    return store
      .selectFrom('jobs')
      .select(['id', 'kind', 'due_at', 'after_verdict'])
      .where('rebuild_id', '=', rebuildId)
      .where('status', 'in', ['queued', 'leased'])
      .execute();
  }

  async function claimNext(rebuildId: string): Promise<Lease> {
    const [job] = await openJobs(rebuildId);
    if (!job) throw new Error('no job is open');
    return plane.claim(worker(job.kind), job.id, 'test');
  }

  async function upload(lease: Lease, text: string) {
    return plane.putJobObject(lease.jobId, lease.token, sha256Of(text), Readable.from([Buffer.from(text)]));
  }

  /** As the attester states it: both statements, each signed where `sign` gives a bundle. */
  async function attested(lease: Lease, sign: (stated: Stated) => Promise<Bundle | undefined>) {
    const attestations: Attestation[] = [];
    for (const predicateType of types) {
      const statement = await upload(lease, `statement ${predicateType} of ${lease.rebuildId}`);
      const subject = (lease.input as AttestInput).artifact?.digest ?? { sha256: sha256Of('none') };
      const each = { predicateType, subject, statement };
      const bundle = await sign(each);
      attestations.push(bundle ? { ...each, bundle } : each);
    }
    return { outcome: 'attested', attestations, level: 'SLSA_BUILD_LEVEL_1' };
  }

  async function bundleOf(
    lease: Lease,
    stated: Stated,
    over: { log?: boolean; keyHint?: string; serial?: string } = {},
  ): Promise<Bundle> {
    const text = JSON.stringify({ of: stated.statement.digest, serial: over.serial ?? randomUUID() });
    const { log = true } = over;
    return {
      ...(await upload(lease, text)),
      witnessed: { log, timestamp: true },
      ...(over.keyHint === undefined ? {} : { keyHint: over.keyHint }),
    };
  }

  /** Carries a rebuild of a fresh purl to its verdict. */
  async function carried(
    sign: (lease: Lease, stated: Stated) => Promise<Bundle | undefined>,
  ): Promise<RebuildResult> {
    const purl = `pkg:pypi/thing-${randomUUID()}@1.0`;
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl });
    for (;;) {
      const { result } = await plane.rebuild(submitter, rebuild.id);
      if (result.verdict !== 'pending') return result;
      const lease = await claimNext(rebuild.id);
      await plane.report(lease.jobId, lease.token, await reportFor(lease, purl, sign));
    }
  }

  async function reportFor(
    lease: Lease,
    purl: string,
    sign: (lease: Lease, stated: Stated) => Promise<Bundle | undefined>,
  ): Promise<unknown> {
    switch (lease.kind) {
      case 'resolve': {
        if ((lease.input as { kind: string }).kind === 'recheck') return { outcome: 'unchanged' };
        const recipe = sampleRecipe();
        const artifact = { ...sampleArtifact(purl), purl };
        return { outcome: 'resolved', artifact, source: recipe.source, recipes: [recipe] };
      }
      case 'rebuild':
        return builtReport(purl);
      case 'compare':
        throw new Error('the bytes are the same');
      case 'attest':
        return attested(lease, (each) => sign(lease, each));
    }
  }

  const unlogged = (): Promise<RebuildResult> => carried(async () => undefined);
  const resultOf = async (id: string): Promise<RebuildResult> => (await plane.rebuild(admin, id)).result;
  const statesOf = ({ attestations }: RebuildResult): string[] => attestations.map(({ state }) => state);
  const bundlesOf = async ({ artifact }: RebuildResult, caller = anonymous): Promise<string[]> =>
    (await plane.attestations(caller, artifact.digest?.sha256 ?? '')).map(({ digest }) => digest);
  const refsOf = async (id: string): Promise<string[]> =>
    (await store.selectFrom('object_refs').select('sha256').where('rebuild_id', '=', id).execute()).map(
      ({ sha256 }) => sha256,
    );

  /** Reports all that the lease asks to complete; gives the bundles' digests. */
  async function complete(lease: Lease, over: Parameters<typeof bundleOf>[2] = {}): Promise<string[]> {
    const { task } = lease.input as AttestInput;
    if (task.kind !== 'complete') throw new Error('that is no completion');
    const attestations = [];
    for (const each of task.stated) attestations.push({ ...each, bundle: await bundleOf(lease, each, over) });
    await plane.report(lease.jobId, lease.token, { outcome: 'completed', attestations });
    return attestations.map(({ bundle }) => bundle.digest.sha256);
  }

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
      now = job?.due_at ?? now;
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

  describe('what is private', () => {
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

  describe('keys over time', () => {
    it('two at once are both published, each with when it is valid from', async () => {
      const [older, newer] = [await registeredKey(), await registeredKey()];
      const keys = await plane.keys();
      for (const { hint } of [older, newer]) {
        const key = keys.find((each) => each.hint === hint);
        expect(key?.builderId).toBe(builderId);
        expect(new Date(key?.validFrom ?? 0).getTime()).toBeLessThan(now.getTime());
        expect(key).not.toHaveProperty('retiredAt');
      }
    });

    it('a retired key keeps what it signed, and signs nothing more', async () => {
      const key = await registeredKey();
      const signed = await carried((lease, each) => bundleOf(lease, each, { keyHint: key.hint }));
      const [retired] = await plane.retireKey(admin, key.hint);
      expect(retired?.retiredAt).toBe(now.toISOString());
      later(5);
      expect(await plane.retireKey(admin, key.hint)).toEqual([retired]);
      expect(statesOf(await resultOf(signed.rebuild.id))).toEqual(['complete', 'complete']);
      await expect(plane.registerSigner(attester, { builderId, log: true, key })).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('retired'),
      });
      // A worker that is still at it: its verdict counts, its signature does not.
      const late = await carried((lease, each) => {
        expect((lease.input as AttestInput).withdrawnKeys).toContain(key.hint);
        return bundleOf(lease, each, { keyHint: key.hint });
      });
      expect(late.verdict).toBe('reproduced');
      expect(statesOf(late)).toEqual(['unlogged', 'unlogged']);
    });

    it('a revoked key takes back what it signed, which is signed again with the present one', async () => {
      const key = await registeredKey();
      const signed: RebuildResult[] = [];
      for (let count = 0; count < 3; count += 1)
        signed.push(await carried((lease, each) => bundleOf(lease, each, { keyHint: key.hint })));
      const untouched = await carried((lease, each) => bundleOf(lease, each));
      const [revoked] = await plane.revokeKey(admin, key.hint);
      expect(revoked?.revokedAt).toBeDefined();
      expect(statesOf(await resultOf(untouched.rebuild.id))).toEqual(['complete', 'complete']);
      const present = await registeredKey();
      for (const before of signed) {
        const sha256 = before.artifact.digest?.sha256 ?? '';
        const told = (await plane.lookup(anonymous, { sha256 })).result;
        expect(told && statesOf(told)).toEqual(['revoked', 'revoked']);
        expect(await bundlesOf(before)).toEqual([]);
        const digests = await complete(await claimNext(before.rebuild.id), { keyHint: present.hint });
        expect((await bundlesOf(before)).toSorted()).toEqual(digests.toSorted());
        const after = await resultOf(before.rebuild.id);
        expect(after.attestations.map(({ statement }) => statement)).toEqual(
          before.attestations.map(({ statement }) => statement),
        );
      }
      await expect(plane.registerSigner(attester, { builderId, log: true, key })).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('revoked'),
      });
      await expect(plane.retireKey(admin, key.hint)).rejects.toMatchObject({ code: 'conflict' });
      expect(await sweepRevoked(deps)).toBe(0);
    });

    it('only an admin withdraws a key, and only one that was here', async () => {
      const key = await registeredKey();
      for (const caller of [anonymous, submitter, attester])
        for (const withdraw of [plane.retireKey, plane.revokeKey])
          await expect(withdraw(caller, key.hint)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(plane.revokeKey(admin, Buffer.alloc(32).toString('base64'))).rejects.toMatchObject({
        code: 'not-found',
      });
    });

    it('a key is not taken under the name of another', async () => {
      const [one, other] = [await registeredKey(), await registeredKey()];
      const key = { hint: one.hint, publicKeyPem: other.publicKeyPem };
      await expect(plane.registerSigner(attester, { builderId, log: true, key })).rejects.toMatchObject({
        code: 'invalid-request',
      });
      await expect(plane.registerSigner(submitter, { builderId, log: true })).rejects.toMatchObject({
        code: 'forbidden',
      });
    });
  });
});
