import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { JobKind, Lease } from '#schemas/jobs.ts';
import type { RebuildResult } from '#schemas/rebuild.ts';
import type { Caller, ControlPlane } from '#services/control/control-plane.ts';
import type { ControlDeps } from '#services/control/deps.ts';
import type { Store } from '#services/store/store.ts';
import { openTestPlane, type TestPlane } from '#test/harness/control/test-plane.ts';
import { builtReport, sampleArtifact, sampleComparison, sampleRecipe } from '#test/harness/samples.ts';

export const submitter: Caller = { subject: 'token:ci', scope: 'submitter' };
export const other: Caller = { subject: 'token:other', scope: 'submitter' };
export const anonymous: Caller = { subject: 'anonymous', scope: 'anonymous' };
export const worker = (kind: JobKind): Caller => ({ subject: `worker:${kind}`, scope: `worker:${kind}` });
export const gateway: Caller = { subject: 'gateway', scope: 'gateway' };

/** The control plane of the tests of one file: there once `usePlane` was called and they run. */
export let opened: TestPlane;
export let store: Store;
export let now: Date;
export let deps: ControlDeps;
export let plane: ControlPlane;

/** Opens the control plane for the tests around it; its clock is set anew before each. */
export function usePlane(): void {
  beforeAll(async () => {
    opened = await openTestPlane(
      () => now,
      async (grant) => JSON.stringify(grant),
    );
    ({ store, deps, plane } = opened);
  });

  beforeEach(() => {
    now = new Date();
  });

  afterAll(async () => {
    await opened.close();
  });
}

/** Moves the clock of the control plane. */
export function later(seconds: number): void {
  now = new Date(now.getTime() + seconds * 1000);
}

/** A purl that no other test asks for. */
export const freshPurl = (): string => `pkg:pypi/thing-${randomUUID()}@1.0`;

export async function openJob(rebuildId: string): Promise<{ id: string; kind: JobKind }> {
  return store
    .selectFrom('jobs')
    .select(['id', 'kind'])
    .where('rebuild_id', '=', rebuildId)
    .where('status', 'in', ['queued', 'leased'])
    .executeTakeFirstOrThrow();
}

export async function claimNext(rebuildId: string): Promise<Lease> {
  const job = await openJob(rebuildId);
  return plane.claim(worker(job.kind), job.id, 'test');
}

export const resolvedReport = (purl: string, bytes: string) => ({
  outcome: 'resolved',
  artifact: { ...sampleArtifact(bytes), purl },
  source: sampleRecipe().source,
  recipes: [sampleRecipe()],
});

/** Carries a rebuild through to its end with an output of `output` for an artifact of `published`. */
export async function carryThrough(
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
export async function withoutKeptViews<T>(work: () => Promise<T>): Promise<T> {
  await store.updateTable('rebuilds').set({ view: null }).execute();
  return work();
}
