import { describe, expect, test } from 'vitest';
import { day, era } from '#test/harness/sigstore/test-certificate.ts';
import { signedAt, testBundle } from '#test/harness/sigstore/test-sigstore.ts';
import { failing, ours } from '#test/harness/sigstore/verify-both.ts';
import { trustMaterial } from '#verify/trust.ts';
import { key, trustWith, world } from './signed-world.ts';

describe('a self-managed key', () => {
  const bare = testBundle(world, key, { stamped: false, entries: [] });
  const at = (offset: number) => new Date(signedAt.getTime() + offset);

  test('needs no witness unless the trust asks for one', () => {
    expect(failing(ours(bare, trustMaterial({ keys: [key] })))).toBe('ok');
    expect(failing(ours(bare, trustWith([key], { timestamps: 1 })))).toBe('witnesses');
    expect(failing(ours(bare, trustWith([key], { logEntries: 1 })))).toBe('witnesses');
    expect(failing(ours(testBundle(world, key), trustWith([key], { timestamps: 1, logEntries: 1 })))).toBe(
      'ok',
    );
  });

  test('that was retired still verifies what it signed in its time, if a time is proven', () => {
    const retired = (end: Date) => trustWith([{ ...key, validFor: { start: era.start, end } }]);
    expect(failing(ours(testBundle(world, key), retired(at(0))))).toBe('ok');
    expect(failing(ours(testBundle(world, key), retired(at(-1000))))).toBe('signer');
    expect(failing(ours(bare, retired(at(day))))).toBe('signer');
  });

  test('is not believed for what it signed before its time', () => {
    const later = trustWith([{ ...key, validFor: { start: at(1000) } }]);
    expect(failing(ours(testBundle(world, key), later))).toBe('signer');
  });

  test('that was revoked verifies nothing, whenever it was signed', () => {
    const revoked = trustWith([{ ...key, revoked: true }]);
    for (const bundle of [bare, testBundle(world, key)])
      expect(failing(ours(bundle, revoked))).toBe('signer');
  });

  test('brings no witnesses for which no root is trusted', () => {
    const alone = trustMaterial({ keys: [key] });
    expect(failing(ours(testBundle(world, key, { entries: [] }), alone))).toBe('time-stamp');
    expect(failing(ours(testBundle(world, key, { stamped: false }), alone))).toBe('transparency-log');
  });
});
