import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { keyPurpose } from '#verify/sigstore/authority.ts';
import { UnusableTrustedRoot, parseTrustedRoot } from '#verify/sigstore/trusted-root.ts';
import { certificate, testAuthority } from '#test/harness/sigstore/test-certificate.ts';
import { testLog } from '#test/harness/sigstore/test-log.ts';
import { testSigstore, trustedLog, trustedRootOf } from '#test/harness/sigstore/test-sigstore.ts';
import { testTimeStampAuthority } from '#test/harness/sigstore/test-time-stamp.ts';

const world = testSigstore();
const { root, issuer } = world.authority;
type Root = ReturnType<typeof trustedRootOf>;

/** What the refusal says of a trusted root that was edited. */
function refusal(edit: (root: Root) => void): string {
  const edited = trustedRootOf(world);
  edit(edited);
  try {
    parseTrustedRoot(Buffer.from(JSON.stringify(edited)));
  } catch (error) {
    expect(error).toBeInstanceOf(UnusableTrustedRoot);
    return (error as Error).message;
  }
  return 'none';
}

function chain(target: 'certificateAuthorities' | 'timestampAuthorities', ...ders: Buffer[]) {
  return (edited: Root) => {
    const certificates = ders.map((der) => ({ rawBytes: der.toString('base64') }));
    const [first] = edited[target];
    if (first) first.certChain = { certificates };
  };
}

const firstLog = (edited: Root) => edited.tlogs[0] as Root['tlogs'][number];

test('a sane trusted root is taken, as is the public one', () => {
  expect(refusal(() => undefined)).toBe('none');
  const seeds = createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json');
  const targets = JSON.parse(readFileSync(seeds, 'utf8'))['https://tuf-repo-cdn.sigstore.dev'].targets;
  const read = parseTrustedRoot(Buffer.from(targets['trusted_root.json'], 'base64'));
  expect(read.logs.length).toBeGreaterThan(0);
  expect(read.certificateLogs.length).toBeGreaterThan(0);
  expect(read.certificateAuthorities.length).toBeGreaterThan(1);
});

test.each<[string, (root: Root) => void, RegExp]>([
  ['another media type', (r) => (r.mediaType = 'x'), /mediaType/],
  ['a member that nobody knows', (r) => Object.assign(r, { revoked: [] }), /malformed at its top/],
  [
    'no start of a validity',
    (r) => delete firstLog(r).publicKey.validFor.start,
    /tlogs\.0\.publicKey\.validFor/,
  ],
  [
    'an end before the start',
    (r) => (firstLog(r).publicKey.validFor.end = '2020-01-01T00:00:00Z'),
    /ends before it starts/,
  ],
  [
    'an id that is not of its key',
    (r) => (firstLog(r).logId.keyId = Buffer.alloc(32).toString('base64')),
    /id of this key/,
  ],
  ['an id of another length', (r) => (firstLog(r).logId.keyId = 'AAAA'), /not 32 bytes/],
  ['a log twice', (r) => r.tlogs.push(firstLog(r)), /twice/],
  [
    'a log whose key is of another kind than it says',
    (r) => (firstLog(r).publicKey.keyDetails = 'PKIX_ED25519'),
    /not PKIX_ED25519/,
  ],
  [
    'a kind of key that is not taken',
    (r) => (firstLog(r).publicKey.keyDetails = 'PKIX_ECDSA_P521_SHA_512'),
    /not taken/,
  ],
  ['a key that is none', (r) => (firstLog(r).publicKey.rawBytes = 'AAAA'), /not a public key/],
  [
    'an Ed25519 log of another host than its id is made for',
    (r) => Object.assign(r.tlogs[1] ?? {}, { baseUrl: 'https://other.example' }),
    /id of this key/,
  ],
  ['a log by another hash', (r) => (firstLog(r).hashAlgorithm = 'SHA2_512'), /hashAlgorithm/],
  ['a URL that is none', (r) => (firstLog(r).baseUrl = 'rekor'), /baseUrl/],
  ['an empty chain', chain('certificateAuthorities'), /certChain/],
  [
    'bytes that are no certificate',
    chain('certificateAuthorities', Buffer.from('x')),
    /certificateAuthorities\.0/,
  ],
  ['a chain without its root', chain('certificateAuthorities', issuer.der), /not self-signed/],
  [
    'a chain in the wrong order',
    chain('certificateAuthorities', root.der, issuer.der),
    /not issued by the next/,
  ],
  [
    'a chain of two authorities',
    chain('certificateAuthorities', issuer.der, testAuthority('signers', keyPurpose.codeSigning).root.der),
    /not issued by the next/,
  ],
  [
    'an authority that may not issue',
    chain('certificateAuthorities', certificate({ name: 'leaf', issuer: root }).der, root.der),
    /not an authority/,
  ],
  [
    'an authority without the usage',
    chain(
      'certificateAuthorities',
      certificate({ name: 'x', issuer: root, authority: true, signsCertificates: false }).der,
      root.der,
    ),
    /not an authority/,
  ],
  [
    'an authority for another purpose',
    chain(
      'certificateAuthorities',
      certificate({ name: 'x', issuer: root, authority: true, purposes: [keyPurpose.timeStamping] }).der,
      root.der,
    ),
    /another purpose/,
  ],
  [
    'more authorities than a path length allows',
    chain(
      'certificateAuthorities',
      certificate({ name: 'x', issuer, authority: true }).der,
      issuer.der,
      root.der,
    ),
    /fewer authorities/,
  ],
  [
    'a stamping certificate for something else too',
    chain(
      'timestampAuthorities',
      ...testTimeStampAuthority([keyPurpose.timeStamping, keyPurpose.codeSigning]).chain,
    ),
    /time stamps alone/,
  ],
  [
    'a stamping certificate without a chain',
    chain('timestampAuthorities', world.stamps.stamper.der),
    /empty/,
  ],
  [
    'a certificate log whose id is not of its key',
    (r) =>
      r.ctlogs.push({
        ...trustedLog(testLog('ec', 'ct.example')),
        logId: { keyId: Buffer.alloc(32).toString('base64') },
      }),
    /ctlogs\.0/,
  ],
])('a trusted root with %s is refused with a sentence that says where', (_, edit, said) => {
  expect(refusal(edit)).toMatch(said);
});

test('a trusted root that is not strict JSON is refused', () => {
  for (const text of ['', '[]', '{"a":1,"a":1}', '\ufeff{}'])
    expect(() => parseTrustedRoot(Buffer.from(text))).toThrow(UnusableTrustedRoot);
});
