import { describe, expect, test } from 'vitest';
import { seq } from '#test/harness/sigstore/der-values.ts';
import { certificate, testAuthority } from '#test/harness/sigstore/test-certificate.ts';
import { signedAt, testBundle } from '#test/harness/sigstore/test-sigstore.ts';
import { accepts, failing, ours } from '#test/harness/sigstore/verify-both.ts';
import { keyPurpose } from '#verify/sigstore/authority.ts';
import { trustMaterial } from '#verify/trust.ts';
import {
  changed,
  check,
  firstEntry,
  key,
  keyless,
  lenientLibrary,
  library,
  material,
  trust,
  trustKey,
  world,
} from './signed-world.ts';

describe('what is verified', () => {
  test.each([
    ['hashedrekord 0.0.2'],
    ['dsse 0.0.2'],
    ['hashedrekord 0.0.1'],
    ['dsse 0.0.1'],
    ['intoto 0.0.2'],
  ] as const)('a certificate and a key with an entry %s, as the reference does', (type) => {
    for (const signer of [keyless, key]) {
      const bundle = testBundle(world, signer, { entries: [type] });
      expect(ours(bundle, trustKey)).toMatchObject({ ok: true, logEntries: 1 });
      expect(accepts(() => library(bundle))).toBe(true);
    }
  });

  test('who signed, and by whose word when', () => {
    const verdict = ours(testBundle(world, keyless, { entries: ['dsse 0.0.1'] }), trust);
    expect(verdict).toEqual({
      ok: true,
      signer: {
        kind: 'certificate',
        subjectAlternativeName: 'https://builder.example/v1',
        issuer: 'https://issuer.example',
        extensions: { '1.3.6.1.4.1.57264.1.8': 'https://issuer.example' },
      },
      times: [
        { source: 'timestamp-authority', at: signedAt },
        { source: 'transparency-log', at: signedAt },
      ],
      logEntries: 1,
    });
  });

  test('an artifact that was signed itself, and no other one', () => {
    const artifact = Buffer.from('an artifact');
    const bundle = testBundle(world, keyless, { message: artifact });
    expect(failing(ours(bundle, trust, artifact))).toBe('ok');
    expect(accepts(() => library(bundle, artifact))).toBe(true);
    expect(failing(ours(bundle, trust, Buffer.from('another')))).toBe('signature');
    expect(failing(ours(bundle, trust))).toBe('signature');
  });

  test('versions 0.1 and 0.2 with a chain of certificates, the root in it in 0.1 alone', () => {
    const { issuer, root: top } = world.authority;
    const chained = (version: string, ...ders: Buffer[]) =>
      changed(
        (bundle) => {
          bundle['mediaType'] = `application/vnd.dev.sigstore.bundle+json;version=${version}`;
          delete material(bundle).certificate;
          const certificates = [keyless.der, ...ders].map((der) => ({ rawBytes: der.toString('base64') }));
          material(bundle).x509CertificateChain = { certificates };
        },
        { entries: ['dsse 0.0.1'] },
      );
    for (const version of ['0.1', '0.2']) {
      expect(check(chained(version))).toBe('ok');
      expect(check(chained(version, issuer.der))).toBe('ok');
      expect(check(chained(version, top.der))).toBe('certificate');
    }
    expect(check(chained('0.1', issuer.der, top.der))).toBe('ok');
    expect(check(chained('0.2', issuer.der, top.der))).toBe('certificate');
    expect(check(chained('0.3'))).toBe('bundle-format');
  });

  test('the same trust gives the same answer for the thousandth bundle as for the first', () => {
    const good = testBundle(world, keyless);
    const bad = changed(
      (bundle) => (firstEntry(bundle).inclusionProof.hashes[0] = Buffer.alloc(32).toString('base64')),
    );
    for (let round = 0; round < 20; round += 1) {
      expect(check(good)).toBe('ok');
      expect(check(bad)).toBe('transparency-log');
    }
  });
});

describe('a signature is refused', () => {
  test('with one byte of payload or signature changed', () => {
    const flip = (text: string, at: number) => {
      const bytes = Buffer.from(text, 'base64');
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      return bytes.toString('base64');
    };
    const bare = { stamped: false, entries: [] };
    const edits = [
      changed(({ dsseEnvelope }) => (dsseEnvelope.payload = flip(dsseEnvelope.payload, 3)), bare, key),
      changed(
        ({ dsseEnvelope: { signatures } }) => (signatures[0].sig = flip(signatures[0].sig, 40)),
        bare,
        key,
      ),
      changed(({ dsseEnvelope }) => (dsseEnvelope.payloadType = 'text/plain'), bare, key),
    ];
    for (const bundle of edits) {
      expect(failing(ours(bundle, trustKey))).toBe('signature');
      expect(accepts(() => lenientLibrary(bundle))).toBe(false);
    }
  });

  test('by a key that nobody trusts, and by a certificate where no root is trusted', () => {
    expect(check(testBundle(world, key))).toBe('signer');
    expect(failing(ours(testBundle(world, keyless), trustMaterial({ keys: [key] })))).toBe('signer');
  });

  test('by another key than the certificate’s', () => {
    const impostor = { ...keyless, privateKey: key.privateKey };
    expect(check(testBundle(world, impostor))).toBe('signature');
  });
});

test('what is no bundle at all is refused and never throws', () => {
  const cycle = seq(certificate({ name: 'x' }).der, testAuthority('y', keyPurpose.codeSigning).root.der);
  for (const rawBytes of ['', 'AAAA', cycle.toString('base64'), Buffer.alloc(5000, 0x30).toString('base64')])
    expect(check(changed((bundle) => (material(bundle).certificate = { rawBytes })))).not.toBe('ok');
});
