import { describe, expect, test } from 'vitest';
import { truth, utf8 } from '#test/harness/sigstore/der-values.ts';
import { extension, signingCertificate, uri } from '#test/harness/sigstore/test-certificate.ts';
import {
  certificateSigner,
  signedAt,
  testBundle,
  testSigstore,
} from '#test/harness/sigstore/test-sigstore.ts';
import { accepts, failing, ours } from '#test/harness/sigstore/verify-both.ts';
import { keyPurpose } from '#verify/sigstore/authority.ts';
import { trustMaterial } from '#verify/trust.ts';
import { check, keyless, library, root, world } from './signed-world.ts';

describe('a certificate is refused', () => {
  const leafWith = (options: Parameters<typeof certificateSigner>[1]) =>
    check(testBundle(world, certificateSigner(world, options)));
  const name = uri('https://builder.example/v1');

  test.each<[string, Parameters<typeof certificateSigner>[1]]>([
    ['for another purpose', { purposes: [keyPurpose.timeStamping] }],
    ['for no purpose', { purposes: [] }],
    ['that is itself an authority', { authority: true, signsCertificates: false }],
    ['that names nobody', { subjectAlternativeNames: [] }],
    ['that names two', { subjectAlternativeNames: [name, uri('https://other.example')] }],
    [
      'with a critical extension that nobody here understands',
      { further: [extension('1.2.3.4', truth, true)] },
    ],
    ['with an extension twice', { further: [extension('1.2.3.4', truth), extension('1.2.3.4', truth)] }],
    [
      'that names two issuers of its identity',
      {
        further: [
          extension('1.3.6.1.4.1.57264.1.1', Buffer.from('https://one.example')),
          extension('1.3.6.1.4.1.57264.1.8', utf8('https://two.example')),
        ],
      },
    ],
    ['whose key different verifiers hash differently', { curve: 'P-384' }],
    ['that was no longer valid', { until: new Date(signedAt.getTime() - 1000) }],
    ['that was not yet valid', { from: new Date(signedAt.getTime() + 1000) }],
  ])('%s', (_, options) => {
    expect(leafWith(options)).toBe('certificate');
  });

  test('that another authority issued, of the same name too', () => {
    const stranger = testSigstore();
    const bundle = testBundle(world, certificateSigner({ ...world, authority: stranger.authority }));
    expect(check(bundle)).toBe('certificate');
    expect(accepts(() => library(bundle))).toBe(false);
  });

  test('that was issued by a leaf', () => {
    const leaf = signingCertificate(world.authority.issuer);
    const below = signingCertificate(leaf);
    const signer = { ...below, material: { certificate: { rawBytes: below.der.toString('base64') } } };
    expect(check(testBundle(world, signer))).toBe('certificate');
  });

  test('from outside of the time for which its authority is trusted', () => {
    const ended = structuredClone(root);
    const [first] = ended.certificateAuthorities;
    if (first) first.validFor.end = new Date(signedAt.getTime() - 1000).toISOString();
    const past = trustMaterial({ trustedRootJson: JSON.stringify(ended) });
    expect(failing(ours(testBundle(world, keyless), past))).toBe('certificate');
  });

  test('one bit of whose bytes is another', () => {
    for (let at = 0; at < keyless.der.length; at += 7) {
      const der = Buffer.from(keyless.der);
      der.writeUInt8(der.readUInt8(at) ^ 1, at);
      const bundle = testBundle(world, {
        ...keyless,
        material: { certificate: { rawBytes: der.toString('base64') } },
      });
      expect(check(bundle)).not.toBe('ok');
    }
  });

  test('without a log of certificates where one is asked for', () => {
    const asked = trustMaterial({ trustedRootJson: JSON.stringify(root), thresholds: { scts: 1 } });
    expect(failing(ours(testBundle(world, keyless), asked))).toBe('witnesses');
  });
});
