import { describe, expect, test } from 'vitest';
import { day, era } from '#test/harness/sigstore/test-certificate.ts';
import {
  type BundleOptions,
  signedAt,
  testBundle,
  type TestBundle,
} from '#test/harness/sigstore/test-sigstore.ts';
import { testTimeStampAuthority, timeStamp } from '#test/harness/sigstore/test-time-stamp.ts';
import { accepts, failing, ours } from '#test/harness/sigstore/verify-both.ts';
import { trustMaterial } from '#verify/trust.ts';
import { changed, check, keyless, library, material, root, trust, world } from './signed-world.ts';

describe('a time stamp is refused', () => {
  const stampedBy = (der: Buffer, options: BundleOptions = {}) =>
    changed((bundle) => {
      material(bundle).timestampVerificationData.rfc3161Timestamps = [
        { signedTimestamp: der.toString('base64') },
      ];
    }, options);
  const signatureOf = (bundle: TestBundle) => Buffer.from(bundle['dsseEnvelope'].signatures[0].sig, 'base64');
  const restamped = (make: (signature: Buffer) => Buffer) =>
    changed((bundle) => {
      const der = make(signatureOf(bundle)).toString('base64');
      material(bundle).timestampVerificationData.rfc3161Timestamps = [{ signedTimestamp: der }];
    });
  const at = signedAt;

  test('that is missing, where nothing else tells the time', () => {
    const none = testBundle(world, keyless, { stamped: false });
    expect(check(none)).toBe('witnesses');
    expect(accepts(() => library(none))).toBe(false);
    const never = trustMaterial({ trustedRootJson: JSON.stringify(root), thresholds: { timestamps: 0 } });
    expect(failing(ours(none, never))).not.toBe('ok');
  });

  test.each<[string, (signature: Buffer) => Buffer]>([
    ['of something else', () => timeStamp(world.stamps, Buffer.from('another signature'), { at })],
    ['by an authority that nobody trusts', (s) => timeStamp(testTimeStampAuthority(), s, { at })],
    ['that was not granted', (s) => timeStamp(world.stamps, s, { at, status: 2 })],
    [
      'whose digest is of something else',
      (s) => timeStamp(world.stamps, s, { at, messageDigest: Buffer.alloc(32) }),
    ],
    ['that names another certificate', (s) => timeStamp(world.stamps, s, { at, claimed: keyless.der })],
    [
      'from after the authority’s end',
      (s) => timeStamp(world.stamps, s, { at: new Date(era.end.getTime() + day) }),
    ],
    ['that is no DER', () => Buffer.from('no DER')],
    ['with bytes behind it', (s) => Buffer.concat([timeStamp(world.stamps, s, { at }), Buffer.of(0)])],
  ])('%s', (_, make) => {
    expect(check(restamped(make))).toBe('time-stamp');
  });

  test('beside a good one: none is passed over', () => {
    const bundle = changed((edited) => {
      material(edited).timestampVerificationData.rfc3161Timestamps.push({ signedTimestamp: 'AAAA' });
    });
    expect(check(bundle)).toBe('time-stamp');
  });

  test('that is there twice', () => {
    const bundle = changed((edited) => {
      const { rfc3161Timestamps: stamps } = material(edited).timestampVerificationData;
      stamps.push(stamps[0]);
    });
    expect(check(bundle)).toBe('time-stamp');
    expect(accepts(() => library(bundle))).toBe(false);
  });

  test('of a signature that was made again, and one bit of whose bytes is another', () => {
    expect(check(stampedBy(timeStamp(world.stamps, Buffer.from('earlier'), { at })))).toBe('time-stamp');
    const good = testBundle(world, keyless);
    const der = timeStamp(world.stamps, signatureOf(good), { at });
    for (let index = 0; index < der.length; index += 1) {
      const bytes = Buffer.from(der);
      bytes.writeUInt8(bytes.readUInt8(index) ^ (1 << (index % 8)), index);
      const edited = structuredClone(good);
      material(edited).timestampVerificationData.rfc3161Timestamps = [
        { signedTimestamp: bytes.toString('base64') },
      ];
      const verdict = ours(edited, trust);
      // The status is not signed: granted with modifications is granted.
      if (verdict.ok) expect(accepts(() => library(edited))).toBe(true);
    }
  });
});
