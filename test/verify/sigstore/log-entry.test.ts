import { sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkpoint, logEntry, signatureLine, testLog } from '#test/harness/sigstore/test-log.ts';
import { bodyOf, signedAt, testBundle, type TestBundle } from '#test/harness/sigstore/test-sigstore.ts';
import { accepts, failing, ours } from '#test/harness/sigstore/verify-both.ts';
import { trustMaterial } from '#verify/trust.ts';
import { changed, check, firstEntry, key, keyless, library, material, root, world } from './signed-world.ts';

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
