import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idsOfDeployment } from '#core/statement/builder-id.ts';
import type { AttestInput, JobKind, Lease } from '#schemas/jobs.ts';
import { Policy } from '#schemas/policy.ts';
import { vsaPredicateType } from '#schemas/predicate-types.ts';
import type { RebuildResult } from '#schemas/rebuild.ts';
import type { Caller, ControlPlane } from '#services/control/control-plane.ts';
import { createSigning } from '#services/signing/create-signing.ts';
import type { Signing } from '#services/signing/signing.ts';
import type { Store } from '#services/store/store.ts';
import { freshSigner, placeOf } from '#test/harness/attesting/signed.ts';
import { builder } from '#test/harness/samples/attest-input.ts';
import { openTestPlane, type TestPlane } from '#test/harness/control/test-plane.ts';
import { builtReport, sampleArtifact, sampleRecipe } from '#test/harness/samples.ts';
import { attestHandler } from '#workers/attest/handler.ts';

const submitter: Caller = { subject: 'token:ci', scope: 'submitter' };
const other: Caller = { subject: 'token:other', scope: 'submitter' };
const admin: Caller = { subject: 'token:admin', scope: 'admin' };
const anonymous: Caller = { subject: 'anonymous', scope: 'anonymous' };
const worker = (kind: JobKind): Caller => ({ subject: `worker:${kind}`, scope: `worker:${kind}` });

type Key = Awaited<ReturnType<typeof freshSigner>>;

describe('summaries over the real control plane and the real attester', () => {
  let opened: TestPlane;
  let store: Store;
  let folder: string;
  let plane: ControlPlane;
  let key: Key;

  beforeAll(async () => {
    opened = await openTestPlane(() => new Date());
    ({ store, plane } = opened);
    folder = await mkdtemp(join(tmpdir(), 'assay-summaries-'));
    key = await startAttester();
  });
  afterAll(async () => {
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function startAttester(): Promise<Key> {
    const made = await freshSigner();
    const { hint, publicKeyPem } = made;
    await plane.registerSigner(worker('attest'), {
      builderId: builder.id,
      log: false,
      key: { hint, publicKeyPem },
    });
    return made;
  }

  const policyOf = (by: readonly Key[], over: object = {}): Policy =>
    Policy.parse({
      schemaVersion: 1,
      name: 'release',
      signers: by.map(({ hint }) => ({
        operator: 'Us',
        key: { hint },
        builderIds: idsOfDeployment(builder.id),
      })),
      ...over,
    });

  /** The jobs that are to be done for a rebuild, done one after the other by the workers that they are for. */
  async function work(id: string, purl: string, signing: Signing = signingBy(key)): Promise<number> {
    for (let done = 0; ; done += 1) {
      const job = await store
        .selectFrom('jobs')
        .select(['id', 'kind'])
        .where('rebuild_id', '=', id)
        .where('status', '=', 'queued')
        .executeTakeFirst();
      if (!job) return done;
      const lease = await plane.claim(worker(job.kind), job.id, 'test');
      await plane.report(lease.jobId, lease.token, await reportOf(lease, purl, signing));
    }
  }

  const signingBy = (by: Key): Signing => createSigning({ signer: by, key: by });

  async function reportOf(lease: Lease, purl: string, signing: Signing): Promise<unknown> {
    const input = lease.input as { kind?: string };
    if (lease.kind === 'resolve') {
      if (input.kind === 'recheck') return { outcome: 'unchanged' };
      const put = (text: string) => putObject(lease, Buffer.from(text));
      await put(purl);
      const recipe = sampleRecipe();
      return {
        outcome: 'resolved',
        artifact: { ...sampleArtifact(purl), purl },
        source: recipe.source,
        recipes: [recipe],
      };
    }
    if (lease.kind === 'rebuild') {
      await putObject(lease, Buffer.from(purl));
      return builtReport(purl);
    }
    const scratch = await mkdtemp(join(folder, 'job-'));
    return attestHandler({ signing, builder, place: placeOf(key) })({
      jobId: lease.jobId,
      rebuildId: lease.rebuildId,
      fence: lease.fence,
      input: lease.input as AttestInput,
      signal: new AbortController().signal,
      folder: scratch,
      progress: () => undefined,
      download: async (sha256, path) => {
        const { bytes, size } = await plane.jobObject(lease.jobId, lease.token, sha256);
        await pipeline(bytes, createWriteStream(path));
        return { digest: { sha256 }, size };
      },
      upload: () => Promise.reject(new Error('the attester uploads no files')),
      uploadBytes: (bytes) => putObject(lease, bytes as Uint8Array),
    });
  }

  const putObject = (lease: Lease, bytes: Uint8Array) =>
    plane.putJobObject(
      lease.jobId,
      lease.token,
      createHash('sha256').update(bytes).digest('hex'),
      Readable.from([bytes]),
    );

  async function finished(): Promise<{ id: string; purl: string; result: RebuildResult }> {
    const purl = `pkg:pypi/thing-${randomUUID()}@1.0`;
    const { rebuild } = await plane.submit(submitter, { kind: 'purl', purl });
    await work(rebuild.id, purl);
    const { result } = await plane.rebuild(submitter, rebuild.id);
    expect(result).toMatchObject({ verdict: 'reproduced' });
    return { id: rebuild.id, purl, result };
  }

  it('a policy that is met becomes a bundle that anybody can fetch, told with the rebuild', async () => {
    const { id, purl, result } = await finished();
    expect(await plane.summarize(submitter, id, policyOf([key]))).toMatchObject({ state: 'pending' });
    expect((await plane.rebuild(anonymous, id)).result.summaries).toMatchObject([{ state: 'pending' }]);
    expect(await work(id, purl)).toBe(1);
    const [summary] = (await plane.rebuild(anonymous, id)).result.summaries ?? [];
    expect(summary).toMatchObject({
      state: 'complete',
      policy: { name: 'release' },
      outcome: { result: 'PASSED', verifiedLevels: ['SLSA_BUILD_LEVEL_1'] },
    });
    const bundles = await plane.attestations(anonymous, result.artifact.digest?.sha256 ?? '');
    const mine = bundles.filter(({ predicateType }) => predicateType === vsaPredicateType);
    expect(mine.map(({ digest }) => digest)).toEqual([summary?.bundle?.digest.sha256]);
  });

  it('the same policy asked for by many at once is one summary; another policy is another', async () => {
    const { id, purl } = await finished();
    const policy = policyOf([key]);
    await Promise.all([submitter, other, submitter].map((caller) => plane.summarize(caller, id, policy)));
    await plane.summarize(submitter, id, policyOf([key], { minimumLevel: 'SLSA_BUILD_LEVEL_3' }));
    expect(await work(id, purl)).toBe(2);
    const told = (await plane.rebuild(submitter, id)).result.summaries ?? [];
    expect(told.map(({ outcome }) => outcome?.result).sort()).toEqual(['FAILED', 'PASSED']);
    expect(await plane.summarize(submitter, id, policy)).toMatchObject({ state: 'complete' });
    expect(await work(id, purl)).toBe(0);
  });

  it('needs a token that may write, a rebuild that may be seen, and a verdict', async () => {
    const policy = policyOf([key]);
    const { id } = await finished();
    await expect(plane.summarize(anonymous, id, policy)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(plane.summarize(submitter, randomUUID(), policy)).rejects.toMatchObject({
      code: 'not-found',
    });
    const open = await plane.submit(submitter, { kind: 'purl', purl: `pkg:pypi/open-${randomUUID()}@1.0` });
    await expect(plane.summarize(submitter, open.rebuild.id, policy)).rejects.toMatchObject({
      code: 'conflict',
    });
    await store.updateTable('rebuilds').set({ visibility: 'private' }).where('id', '=', id).execute();
    await expect(plane.summarize(other, id, policy)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('a policy with texts that cannot be stored is refused with a reason', async () => {
    const { id } = await finished();
    for (const operator of ['a\u0000b', 'a\ud800'])
      await expect(
        plane.summarize(submitter, id, {
          ...policyOf([key]),
          signers: policyOf([key]).signers.map((signer) => ({ ...signer, operator })),
        }),
      ).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('a policy that refuses a pass that there is not is refused, and told which there are', async () => {
    const { id } = await finished();
    const refusing = (...refusedPasses: string[]) => ({ ...policyOf([key]), refusedPasses });
    await expect(plane.summarize(submitter, id, refusing('zip-tims'))).rejects.toMatchObject({
      code: 'invalid-request',
      message: 'No pass is called zip-tims.',
      hint: expect.stringContaining('zip-times') as unknown,
    });
    await expect(plane.summarize(submitter, id, refusing('zip-times'))).resolves.toBeDefined();
  });

  it('a policy that the signer cannot read is told as refused, and can be asked for again', async () => {
    const { id, purl } = await finished();
    const signers = [{ operator: 'Us', key: { publicKeyPem: 'none' }, builderIds: ['https://a.example'] }];
    const policy = policyOf([key], { signers });
    await plane.summarize(submitter, id, policy);
    await work(id, purl);
    const told = (await plane.rebuild(submitter, id)).result.summaries;
    expect(told).toMatchObject([{ state: 'refused', detail: expect.stringContaining('public key') }]);
    expect(await plane.summarize(submitter, id, policy)).toMatchObject({ state: 'pending' });
    expect(await work(id, purl)).toBe(1);
  });

  it('a summary by a revoked key is judged and signed again with the present one', async () => {
    const { id, purl, result } = await finished();
    const before = key;
    const successor = await freshSigner();
    await plane.summarize(submitter, id, policyOf([before, successor]));
    await work(id, purl);
    const { hint, publicKeyPem } = successor;
    await plane.registerSigner(worker('attest'), {
      builderId: builder.id,
      log: false,
      key: { hint, publicKeyPem },
    });
    await plane.revokeKey(admin, before.hint);
    key = successor;
    await work(id, purl);
    const [summary] = (await plane.rebuild(submitter, id)).result.summaries ?? [];
    expect(summary).toMatchObject({ state: 'complete', outcome: { result: 'PASSED' } });
    const bundles = await plane.attestations(anonymous, result.artifact.digest?.sha256 ?? '');
    const hints = bundles.map(
      ({ bundle }) =>
        (bundle as { verificationMaterial: { publicKey: { hint: string } } }).verificationMaterial.publicKey
          .hint,
    );
    expect(new Set(hints)).toEqual(new Set([successor.hint]));
    expect(bundles.filter(({ predicateType }) => predicateType === vsaPredicateType)).toHaveLength(1);
  });
});
