import { describe, expect, it } from 'vitest';
import type { AttestInput } from '#schemas/jobs.ts';
import type { RebuildResult } from '#schemas/rebuild.ts';
import { sweepRevoked } from '#services/control/completion.ts';
import {
  admin,
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
  plane,
  registeredKey,
  resultOf,
  statesOf,
  submitter,
  usePlane,
} from '#test/harness/control/unlogged-plane.ts';

describe('keys over time', () => {
  usePlane();

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
