import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Attestation, AttestInput, JobKind, Lease, Stated } from '#schemas/jobs.ts';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import type { RebuildResult } from '#schemas/rebuild.ts';
import type { Caller, ControlPlane } from '#services/control/control-plane.ts';
import type { ControlDeps } from '#services/control/deps.ts';
import { keyHint } from '#services/signing/signer.ts';
import type { Store } from '#services/store/store.ts';
import { openTestPlane, type TestPlane } from '#test/harness/control/test-plane.ts';
import { builtReport, sampleArtifact, sampleRecipe, sha256Of } from '#test/harness/samples.ts';

export const submitter: Caller = { subject: 'token:ci', scope: 'submitter' };
export const anonymous: Caller = { subject: 'anonymous', scope: 'anonymous' };
export const admin: Caller = { subject: 'admin', scope: 'admin' };
export const attester: Caller = { subject: 'worker:attest', scope: 'worker:attest' };
export const worker = (kind: JobKind): Caller => ({ subject: `worker:${kind}`, scope: `worker:${kind}` });
export const types = [comparisonPredicateType, provenancePredicateType];
export const builderId = 'https://builder.example/unlogged';

type Bundle = NonNullable<Attestation['bundle']>;

/** The control plane, with an attester whose witnesses are away at times: there once `usePlane` was called and they run. */
export let opened: TestPlane;
export let store: Store;
export let now: Date;
export let deps: ControlDeps;
export let plane: ControlPlane;

/** Opens the control plane for the tests around it; its clock is set anew before each. */
export function usePlane(): void {
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
}

/** Moves the clock of the control plane. */
export function later(seconds: number): void {
  now = new Date(now.getTime() + seconds * 1000);
}

/** Sets the clock of the control plane. */
export function setClock(to: Date): void {
  now = to;
}

/** A key as an attester publishes it when it starts. */
export async function registeredKey(): Promise<{ hint: string; publicKeyPem: string }> {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = {
    hint: keyHint(publicKey),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
  await plane.registerSigner(attester, { builderId, log: true, key });
  return key;
}

export async function openJobs(rebuildId: string) {
  return store
    .selectFrom('jobs')
    .select(['id', 'kind', 'due_at', 'after_verdict'])
    .where('rebuild_id', '=', rebuildId)
    .where('status', 'in', ['queued', 'leased'])
    .execute();
}

export async function claimNext(rebuildId: string): Promise<Lease> {
  const [job] = await openJobs(rebuildId);
  if (!job) throw new Error('no job is open');
  return plane.claim(worker(job.kind), job.id, 'test');
}

export async function upload(lease: Lease, text: string) {
  return plane.putJobObject(lease.jobId, lease.token, sha256Of(text), Readable.from([Buffer.from(text)]));
}

/** As the attester states it: both statements, each signed where `sign` gives a bundle. */
export async function attested(lease: Lease, sign: (stated: Stated) => Promise<Bundle | undefined>) {
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

export async function bundleOf(
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
export async function carried(
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

export const unlogged = (): Promise<RebuildResult> => carried(async () => undefined);
export const resultOf = async (id: string): Promise<RebuildResult> => (await plane.rebuild(admin, id)).result;
export const statesOf = ({ attestations }: RebuildResult): string[] => attestations.map(({ state }) => state);
export const bundlesOf = async ({ artifact }: RebuildResult, caller = anonymous): Promise<string[]> =>
  (await plane.attestations(caller, artifact.digest?.sha256 ?? '')).map(({ digest }) => digest);
export const refsOf = async (id: string): Promise<string[]> =>
  (await store.selectFrom('object_refs').select('sha256').where('rebuild_id', '=', id).execute()).map(
    ({ sha256 }) => sha256,
  );

/** Reports all that the lease asks to complete; gives the bundles' digests. */
export async function complete(lease: Lease, over: Parameters<typeof bundleOf>[2] = {}): Promise<string[]> {
  const { task } = lease.input as AttestInput;
  if (task.kind !== 'complete') throw new Error('that is no completion');
  const attestations = [];
  for (const each of task.stated) attestations.push({ ...each, bundle: await bundleOf(lease, each, over) });
  await plane.report(lease.jobId, lease.token, { outcome: 'completed', attestations });
  return attestations.map(({ bundle }) => bundle.digest.sha256);
}
