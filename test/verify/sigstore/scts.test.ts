import { createHash, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { octets } from '#test/harness/sigstore/der-values.ts';
import {
  extension,
  signingCertificate,
  type TestCertificate,
} from '#test/harness/sigstore/test-certificate.ts';
import { testLog, type TestLog } from '#test/harness/sigstore/test-log.ts';
import {
  signedAt,
  testBundle,
  testSigstore,
  trustedLog,
  trustedRootOf,
} from '#test/harness/sigstore/test-sigstore.ts';
import { accepts, failing, ours, reference } from '#test/harness/sigstore/verify-both.ts';
import { parseCertificate } from '#verify/sigstore/certificate.ts';
import { derChildren, derTag, encodeDer, readDer } from '#verify/sigstore/der.ts';
import { trustMaterial } from '#verify/trust.ts';

const world = testSigstore();
const { issuer } = world.authority;
const [first, second, stranger] = ['one', 'two', 'three'].map((name) => testLog('ec', `${name}.example`)) as [
  TestLog,
  TestLog,
  TestLog,
];
const root = { ...trustedRootOf(world), ctlogs: [first, second].map(trustedLog) };
const trustWith = (scts?: number) =>
  trustMaterial({ trustedRootJson: JSON.stringify(root), thresholds: scts === undefined ? {} : { scts } });

const issuerHash = createHash('sha256')
  .update(issuer.publicKey.export({ type: 'spki', format: 'der' }))
  .digest();
const withLength = (bytes: Buffer, lengthBytes: number) => {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(bytes.length, 0, lengthBytes);
  return Buffer.concat([length, bytes]);
};

interface SctOptions {
  readonly at?: Date;
  readonly extensions?: Buffer;
  readonly signedAs?: Buffer;
}

/** https://www.rfc-editor.org/rfc/rfc6962#section-3.2, over a certificate that has no timestamps yet. */
function sct(
  log: TestLog,
  precertificate: Buffer,
  { at = signedAt, extensions = Buffer.alloc(0), signedAs }: SctOptions = {},
): Buffer {
  const timestamp = Buffer.alloc(8);
  timestamp.writeBigUInt64BE(BigInt(at.getTime()));
  const tbs = signedAs ?? parseCertificate(precertificate).tbs;
  const entry = Buffer.concat([issuerHash, withLength(tbs, 3)]);
  const signed = Buffer.concat([
    Buffer.of(0, 0),
    timestamp,
    Buffer.of(0, 1),
    entry,
    withLength(extensions, 2),
  ]);
  const signature = sign('sha256', signed, log.privateKey);
  return Buffer.concat([
    Buffer.of(0),
    log.id,
    timestamp,
    withLength(extensions, 2),
    Buffer.of(4, 3),
    withLength(signature, 2),
  ]);
}

/** The certificate with `list` put in as its last extension, signed by the issuer. */
function withScts({ der, privateKey }: TestCertificate, list: Buffer): ReturnType<typeof asSigner> {
  const [tbs, algorithm] = derChildren(readDer(der));
  const parts = derChildren(tbs as NonNullable<typeof tbs>).map(({ tag, whole, content }) => {
    if (tag !== derTag.context(3)) return whole;
    const extensions = readDer(content).content;
    const added = extension('1.3.6.1.4.1.11129.2.4.2', octets(list));
    return encodeDer(tag, encodeDer(derTag.sequence, extensions, added));
  });
  const signed = encodeDer(derTag.sequence, ...parts);
  const signature = sign('sha256', signed, issuer.privateKey);
  const bits = encodeDer(derTag.bitString, Buffer.of(0), signature);
  return asSigner(encodeDer(derTag.sequence, signed, algorithm?.whole ?? Buffer.alloc(0), bits), privateKey);
}

function asSigner(der: Buffer, privateKey: TestCertificate['privateKey']) {
  return { der, privateKey, material: { certificate: { rawBytes: der.toString('base64') } } };
}

const listOf = (...scts: readonly Buffer[]) =>
  withLength(Buffer.concat(scts.map((one) => withLength(one, 2))), 2);
const leaf = signingCertificate(issuer);
const verdict = (list: Buffer, scts?: number) =>
  failing(ours(testBundle(world, withScts(leaf, list)), trustWith(scts)));

test('a certificate that a trusted log knows is taken, with extensions of the timestamp too, as the reference does', () => {
  const library = reference({ root, thresholds: { timestamps: 1, logEntries: 1, scts: 1 } });
  for (const options of [{}, { extensions: Buffer.from('index') }]) {
    const bundle = testBundle(world, withScts(leaf, listOf(sct(first, leaf.der, options))));
    expect(failing(ours(bundle, trustWith()))).toBe('ok');
    expect(accepts(() => library(bundle))).toBe(true);
  }
});

test('where certificate logs are trusted, one has to know the certificate, or as many as are asked for', () => {
  const bare = testBundle(world, asSigner(leaf.der, leaf.privateKey));
  expect(failing(ours(bare, trustWith()))).toBe('witnesses');
  expect(failing(ours(bare, trustWith(0)))).toBe('ok');
  expect(verdict(listOf(sct(first, leaf.der)), 2)).toBe('witnesses');
  expect(verdict(listOf(sct(first, leaf.der), sct(second, leaf.der)), 2)).toBe('ok');
});

test.each<[string, () => Buffer]>([
  ['of a log that nobody trusts', () => listOf(sct(stranger, leaf.der))],
  ['by another key in the log’s name', () => listOf(sct({ ...stranger, id: first.id }, leaf.der))],
  ['about another certificate', () => listOf(sct(first, signingCertificate(issuer).der))],
  [
    'from before the log is trusted',
    () => listOf(sct(first, leaf.der, { at: new Date('2025-12-31T23:59:59Z') })),
  ],
  ['of one log, twice', () => listOf(sct(first, leaf.der), sct(first, leaf.der))],
  ['that is bad, beside a good one', () => listOf(sct(first, leaf.der), sct(stranger, leaf.der))],
  ['in a list that is empty', () => listOf()],
  ['in a list that is cut off', () => listOf(sct(first, leaf.der)).subarray(0, -1)],
  ['with bytes behind it', () => listOf(Buffer.concat([sct(first, leaf.der), Buffer.of(0)]))],
])('a certificate timestamp %s is refused', (_, list) => {
  expect(verdict(list())).toBe('certificate');
  // Not even where none is asked for.
  expect(verdict(list(), 0)).toBe('certificate');
});
