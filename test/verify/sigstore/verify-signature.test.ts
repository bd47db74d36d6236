import { sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  certificate,
  day,
  era,
  extension,
  signingCertificate,
  testAuthority,
  uri,
} from '#test/harness/sigstore/test-certificate.ts';
import { keyPurpose } from '#verify/sigstore/authority.ts';
import { seq, truth, utf8 } from '#test/harness/sigstore/der-values.ts';
import { checkpoint, logEntry, signatureLine, testLog } from '#test/harness/sigstore/test-log.ts';
import {
  bodyOf,
  certificateSigner,
  keySigner,
  signedAt,
  testBundle,
  testSigstore,
  trustedRootOf,
  type BundleOptions,
  type TestBundle,
  type TestSigner,
} from '#test/harness/sigstore/test-sigstore.ts';
import { testTimeStampAuthority, timeStamp } from '#test/harness/sigstore/test-time-stamp.ts';
import { accepts, failing, ours, reference } from '#test/harness/sigstore/verify-both.ts';
import { trustMaterial, type Thresholds, type TrustedKey } from '#verify/trust.ts';

const world = testSigstore();
const root = trustedRootOf(world);
const trust = trustMaterial({ trustedRootJson: JSON.stringify(root) });
const keyless = certificateSigner(world);
const key = keySigner();

const trustWith = (keys: readonly TrustedKey[], thresholds: Thresholds = {}) =>
  trustMaterial({ keys, trustedRootJson: JSON.stringify(root), thresholds });
const trustKey = trustWith([key]);
const certified = { timestamps: 1, logEntries: 1, scts: 0 };
const lenient = { timestamps: 0, logEntries: 0, scts: 0 };
const library = reference({ root, keys: { [key.hint]: key.der }, thresholds: certified });
const lenientLibrary = reference({ root, keys: { [key.hint]: key.der }, thresholds: lenient });

const check = (bundle: TestBundle) => failing(ours(bundle, trust));

function changed(
  edit: (bundle: TestBundle) => void,
  options: BundleOptions = {},
  signer: TestSigner = keyless,
) {
  const bundle = structuredClone(testBundle(world, signer, options));
  edit(bundle);
  return bundle;
}

const material = (bundle: TestBundle) => bundle['verificationMaterial'];
const firstEntry = (bundle: TestBundle) => material(bundle).tlogEntries[0];

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

describe('a log entry is refused', () => {
  test.each<[string, (entry: TestBundle) => void]>([
    ['without a proof', (e) => delete e['inclusionProof']],
    ['without a checkpoint', (e) => delete e['inclusionProof'].checkpoint],
  ])('%s, as a bundle that is malformed', (_, edit) => {
    expect(check(changed((bundle) => edit(firstEntry(bundle))))).toBe('bundle-format');
  });

  test.each<[string, (entry: TestBundle) => void]>([
    ['of a log that nobody trusts', (e) => (e['logId'].keyId = Buffer.alloc(32).toString('base64'))],
    ['at another index', (e) => (e['inclusionProof'].logIndex = '1')],
    ['at two indexes', (e) => (e['logIndex'] = '1')],
    [
      'at an index that the tree does not have',
      (e) => (e['logIndex'] = e['inclusionProof'].logIndex = '999'),
    ],
    ['in a tree of no size', (e) => (e['inclusionProof'].treeSize = '0')],
    ['of another tree size than the checkpoint', (e) => (e['inclusionProof'].treeSize = '999')],
    [
      'with another root than the checkpoint',
      (e) => (e['inclusionProof'].rootHash = Buffer.alloc(32).toString('base64')),
    ],
    ['with a hash too few', (e) => e['inclusionProof'].hashes.pop()],
    ['with a hash too many', (e) => e['inclusionProof'].hashes.push(Buffer.alloc(32).toString('base64'))],
    ['with a hash of another length', (e) => (e['inclusionProof'].hashes[0] = 'AAAA')],
    ['with another body', (e) => (e['canonicalizedBody'] = Buffer.from('{}').toString('base64'))],
    ['of another type than it says', (e) => (e['kindVersion'].kind = 'dsse')],
    ['of an unknown type', (e) => (e['kindVersion'].version = '9.9.9')],
    ['with a time that nobody signed', (e) => (e['integratedTime'] = '1780315500')],
    [
      'with a promise, which Rekor v2 makes none of',
      (e) => (e['inclusionPromise'] = { signedEntryTimestamp: 'AAAA' }),
    ],
    [
      'with the checkpoint of another log',
      (e) => (e['inclusionProof'].checkpoint.envelope = checkpoint(testLog('ed25519'))),
    ],
    ['with a checkpoint that is no note', (e) => (e['inclusionProof'].checkpoint.envelope = 'no note')],
  ])('%s', (_, edit) => {
    expect(check(changed((bundle) => edit(firstEntry(bundle))))).toBe('transparency-log');
  });

  test('that is missing', () => {
    const none = testBundle(world, keyless, { entries: [] });
    expect(check(none)).toBe('witnesses');
    expect(accepts(() => library(none))).toBe(false);
  });

  test('that is there twice', () => {
    const twice = changed((bundle) => material(bundle).tlogEntries.push(firstEntry(bundle)));
    expect(check(twice)).toBe('transparency-log');
    expect(accepts(() => library(twice))).toBe(false);
  });

  test('about another signature, another signer or other content, though the log really has it', () => {
    const about = (edit: (subject: Parameters<typeof bodyOf>[1]) => Parameters<typeof bodyOf>[1]) =>
      changed((bundle) => {
        const { dsseEnvelope } = bundle;
        const signature = Buffer.from(dsseEnvelope.signatures[0].sig, 'base64');
        const body = JSON.parse(Buffer.from(firstEntry(bundle).canonicalizedBody, 'base64').toString());
        const digest = Buffer.from(body.spec.hashedRekordV002.data.digest, 'base64');
        const payload = Buffer.from(dsseEnvelope.payload, 'base64');
        const subject = edit({ signature, digest, payload, signer: keyless });
        material(bundle).tlogEntries = [logEntry(world.rekor2, bodyOf('hashedrekord 0.0.2', subject))];
      });
    expect(check(about((subject) => subject))).toBe('ok');
    const resigned = sign('sha256', Buffer.from('x'), keyless.privateKey);
    expect(check(about((subject) => ({ ...subject, signature: resigned })))).toBe('transparency-log');
    expect(check(about((subject) => ({ ...subject, signer: key })))).toBe('transparency-log');
    expect(check(about((subject) => ({ ...subject, digest: Buffer.alloc(32) })))).toBe('transparency-log');
  });

  test('whose promise Rekor v1 did not make, or made for another time', () => {
    const options = { entries: ['dsse 0.0.1'] } as const;
    const cases = [
      changed((b) => (firstEntry(b).integratedTime = String(signedAt.getTime() / 1000 - 1)), options),
      changed((b) => (firstEntry(b).logIndex = '1'), options),
      changed((b) => (firstEntry(b).inclusionPromise.signedEntryTimestamp = 'AAAA'), options),
    ];
    for (const bundle of cases) {
      expect(check(bundle)).toBe('transparency-log');
      expect(accepts(() => library(bundle))).toBe(false);
    }
  });

  test('from outside of the time for which the log is trusted, by whichever clock', () => {
    const ended = structuredClone(root);
    for (const log of ended.tlogs)
      log.publicKey.validFor.end = new Date(signedAt.getTime() - 1000).toISOString();
    const past = trustMaterial({ keys: [key], trustedRootJson: JSON.stringify(ended) });
    for (const entries of [['dsse 0.0.1'], ['hashedrekord 0.0.2']] as const) {
      expect(failing(ours(testBundle(world, keyless, { entries }), past))).toBe('transparency-log');
      expect(failing(ours(testBundle(world, key, { entries, stamped: false }), past))).toBe(
        'transparency-log',
      );
    }
  });

  test('where somebody else signs in the log’s name, beside the log too', () => {
    const forged = (lines: (text: string) => string) =>
      changed((bundle) => {
        const { checkpoint: own } = firstEntry(bundle).inclusionProof;
        const text = own.envelope.slice(0, own.envelope.indexOf('\n\n') + 1);
        own.envelope = `${text}\n${lines(text)}`;
      });
    const impostor = { ...testLog('ed25519', world.rekor2.host), id: world.rekor2.id };
    const witness = testLog('ed25519', 'witness.example');
    const own = (text: string) => signatureLine(world.rekor2, text);
    expect(check(forged((text) => own(text) + signatureLine(witness, text)))).toBe('ok');
    expect(check(forged((text) => signatureLine(witness, text)))).toBe('transparency-log');
    expect(check(forged((text) => signatureLine(impostor, text)))).toBe('transparency-log');
    expect(check(forged((text) => own(text) + signatureLine(impostor, text)))).toBe('transparency-log');
  });
});

test('what is no bundle at all is refused and never throws', () => {
  const cycle = seq(certificate({ name: 'x' }).der, testAuthority('y', keyPurpose.codeSigning).root.der);
  for (const rawBytes of ['', 'AAAA', cycle.toString('base64'), Buffer.alloc(5000, 0x30).toString('base64')])
    expect(check(changed((bundle) => (material(bundle).certificate = { rawBytes })))).not.toBe('ok');
});
