import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readClaims, sameBytes, subjectsMax } from '#core/upstream/read-claims.ts';

const subject = [{ name: 'f', digest: { sha256: 'ab'.repeat(32) } }];
const statement = (predicateType: string, predicate: unknown, subjects: unknown = subject): object => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: subjects,
  predicateType,
  predicate,
});
const slsa = 'https://slsa.dev/provenance/v1';
const predicate = (definition: object): object => ({
  buildDefinition: { buildType: 'https://example/build', externalParameters: {}, ...definition },
  runDetails: { builder: { id: 'https://builder.example' } },
});
const git = (repository: string, gitCommit: string): object => ({
  uri: `git+https://github.com/${repository}@refs/heads/main`,
  digest: { gitCommit },
});

describe('the source of a provenance', () => {
  test('is what the workflow names, with the commit of that very repository', () => {
    const read = readClaims(
      statement(
        slsa,
        predicate({
          externalParameters: { workflow: { repository: 'https://github.com/o/r', ref: 'refs/heads/main' } },
          resolvedDependencies: [git('other/one', 'd'.repeat(40)), git('o/r', 'c'.repeat(40))],
        }),
      ),
    );
    expect(read).toMatchObject({
      kind: 'provenance',
      source: { repository: 'https://github.com/o/r', reference: 'refs/heads/main', commit: 'c'.repeat(40) },
    });
  });

  test('has no commit where only another repository’s is given', () => {
    const read = readClaims(
      statement(
        slsa,
        predicate({
          externalParameters: { workflow: { repository: 'https://github.com/o/r' } },
          resolvedDependencies: [git('other/one', 'd'.repeat(40))],
        }),
      ),
    );
    expect(read).toMatchObject({ source: { repository: 'https://github.com/o/r' } });
    expect(read).not.toHaveProperty('source.commit');
  });

  test('is not guessed from several repositories, and a tag is no commit', () => {
    const two = [git('a/b', 'c'.repeat(40)), git('c/d', 'c'.repeat(40))];
    expect(readClaims(statement(slsa, predicate({ resolvedDependencies: two })))).not.toHaveProperty(
      'source',
    );
    const tag = readClaims(statement(slsa, predicate({ resolvedDependencies: [git('a/b', 'v1.0')] })));
    expect(tag).not.toHaveProperty('source.commit');
  });
});

describe('refused', () => {
  test.each([
    ['no subject', statement(slsa, predicate({}), [])],
    [
      'too many subjects',
      statement(
        slsa,
        predicate({}),
        Array.from({ length: subjectsMax + 1 }, () => subject[0]),
      ),
    ],
    ['a known type in another shape', statement(slsa, { builder: 'me' })],
    [
      'another type of statement',
      { ...statement(slsa, predicate({})), _type: 'https://in-toto.io/Statement/v2' },
    ],
    [
      'an equivalence without its two files',
      statement(
        slsa,
        predicate({ buildType: 'https://docs.oss-rebuild.dev/builds/ArtifactEquivalence@v0.1' }),
      ),
    ],
  ])('%s', (_what, value) => expect(readClaims(value)).toHaveProperty('fault'));

  test('or read: whatever the value, never an exception', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void readClaims(value)));
    fc.assert(fc.property(fc.jsonValue(), (value) => void readClaims(statement(slsa, value))));
  });
});

test('a type that is not known says that something was signed, and no more', () => {
  expect(readClaims(statement('https://example/sbom', { any: 1 }))).toMatchObject({ kind: 'other' });
  expect(readClaims(statement('https://docs.example/attestations/publish/v1', null))).toMatchObject({
    kind: 'publication',
  });
});

test('bytes are the same only where every strong digest that both give is', () => {
  expect(sameBytes({ sha256: 'a', sha512: 'b' }, { sha256: 'a', sha512: 'b' })).toBe(true);
  expect(sameBytes({ sha256: 'a', sha512: 'x' }, { sha256: 'a', sha512: 'b' })).toBe(false);
  expect(sameBytes({ sha1: 'a' }, { sha1: 'a' })).toBeUndefined();
});
