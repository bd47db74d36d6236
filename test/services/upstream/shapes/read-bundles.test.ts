import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '#core/errors/app-error.ts';
import { openTrust } from '#services/upstream/open-trust.ts';
import { publicSeed } from '#services/upstream/public-seed.ts';
import { readBundles, statementsMax } from '#services/upstream/shapes/read-bundles.ts';
import { verifyFound } from '#services/upstream/verify-found.ts';
import { digestHex, recorded } from '#test/harness/upstream/recorded.ts';
import { registryKeys } from '#workers/ecosystems/npm/registry-keys.ts';

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const bundle = { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json', verificationMaterial: {} };
const envelope = {
  payload: 'e30=',
  payloadType: 'application/vnd.in-toto+json',
  signatures: [{ sig: 'AA==' }],
};

describe('readBundles', () => {
  test.each([
    ['a bundle', bytes(bundle), 1],
    ['an envelope', bytes(envelope), 1],
    ['an answer with several', bytes({ attestations: [{ bundle }, { bundle }] }), 2],
    ['an empty answer', bytes({ attestations: [] }), 0],
    ['lines', Buffer.concat([bytes(bundle), Buffer.from('\n'), bytes(envelope), Buffer.from('\n')]), 2],
    ['a provenance object', recorded('pypi-attestations.provenance.json'), 1],
    ['an attestation object', recorded('pypi-attestations.slsa.json'), 1],
  ])('finds what is in %s', (_what, input, count) => expect(readBundles(input, 'f')).toHaveLength(count));

  test.each([
    ['something else', bytes({ hello: 1 })],
    ['no JSON', Buffer.from('<html>')],
    ['a member that is there twice', Buffer.from('{"attestations":[],"attestations":[]}')],
    ['too many', bytes({ attestations: Array.from({ length: statementsMax + 1 }, () => ({ bundle })) })],
    ['lines of which one is broken', Buffer.concat([bytes(bundle), Buffer.from('\n{\n')])],
  ])('refuses %s', (_what, input) => expect(() => readBundles(input, 'f')).toThrow(AppError));

  test('a file that somebody gave us may not say who had to sign it; an index may', () => {
    const provenance = recorded('pypi-attestations.provenance.json');
    expect(readBundles(provenance, 'f')[0]).not.toHaveProperty('expected');
    expect(readBundles(provenance, 'f', { index: 'the index' })[0]?.expected).toMatchObject({
      repository: 'https://github.com/trailofbits/pypi-attestations',
      workflow: '.github/workflows/release.yml',
    });
  });

  test('a kind of publisher that is not known here vouches for nobody', () => {
    const provenance = JSON.parse(recorded('pypi-attestations.provenance.json').toString()) as {
      attestation_bundles: { publisher: object }[];
    };
    for (const one of provenance.attestation_bundles)
      one.publisher = { kind: 'Elsewhere', repository: 'a/b' };
    expect(readBundles(bytes(provenance), 'f', { index: 'the index' })[0]).not.toHaveProperty('expected');
  });
});

describe('verifyFound', () => {
  const seed = publicSeed();
  const trust = openTrust(seed.get('trusted_root.json') ?? '', registryKeys(seed));
  const tarball = recorded('gundam-visor.tgz');
  const artifact = { sha512: digestHex('sha512', tarball) };
  const answer = recorded('gundam-visor.attestations.json').toString();
  const by = {
    expected: { saidBy: 'the registry', repository: 'https://github.com/ramonpetgrave64/gundam-visor' },
  };

  test('what is recorded passes, so that what follows means something', () => {
    const judged = verifyFound(readBundles(Buffer.from(answer), 'f', by), artifact, trust);
    expect(judged.map(({ standing }) => standing)).toEqual(['verified', 'verified']);
  });

  test('the registry’s key may say that it took the file in, and nothing else', () => {
    const narrowed = openTrust(
      seed.get('trusted_root.json') ?? '',
      registryKeys(seed).map((key) => ({ ...key, kinds: ['provenance'] as const })),
    );
    const [publication] = verifyFound(readBundles(Buffer.from(answer), 'f', by), artifact, narrowed);
    expect(publication).toMatchObject({ standing: 'failed' });
    expect(publication?.checks.at(-1)).toMatchObject({ name: 'key-usage', ok: false });
  });

  test('any one character of the answer changed: never verified as it is not, never an exception', () => {
    const letters = 'ABCDEFGHabcdefgh01234567+/="{}[],:';
    fc.assert(
      fc.property(fc.nat(answer.length - 1), fc.constantFrom(...letters), (at, letter) => {
        const changed = answer.slice(0, at) + letter + answer.slice(at + 1);
        let found;
        try {
          found = readBundles(Buffer.from(changed), 'f', by);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          return;
        }
        for (const judged of verifyFound(found, artifact, trust))
          if (judged.standing === 'verified')
            expect(judged.claims.subjects[0]?.digest['sha512']).toBe(artifact.sha512);
      }),
      { numRuns: 400 },
    );
  });

  test('whatever is found, it is judged and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const [judged] = verifyFound([{ from: 'f', json }], artifact, trust);
        expect(judged?.standing).toBe('failed');
        expect(judged?.checks.some(({ ok }) => !ok)).toBe(true);
      }),
    );
  });
});
