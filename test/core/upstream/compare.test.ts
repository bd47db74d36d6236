import { describe, expect, test } from 'vitest';
import type { Claims } from '#core/upstream/claims.ts';
import { compareWithRebuild, type OurRebuild } from '#core/upstream/compare.ts';
import { deniedByCertificate, judgeSigner } from '#core/upstream/judge-signer.ts';
import type { UpstreamSigner } from '#core/upstream/signer.ts';

const sha256 = 'ab'.repeat(32);
const commit = 'c'.repeat(40);
const repository = 'https://github.com/owner/name';
const workflow = `${repository}/.github/workflows/release.yml@refs/tags/v1`;
const signer: UpstreamSigner = {
  kind: 'certificate',
  subjectAlternativeName: workflow,
  issuer: 'https://token.actions.githubusercontent.com',
  extensions: {
    '1.3.6.1.4.1.57264.1.11': 'github-hosted',
    '1.3.6.1.4.1.57264.1.12': repository,
    '1.3.6.1.4.1.57264.1.13': commit,
    '1.3.6.1.4.1.57264.1.18': workflow,
  },
};
const provenance: Claims = {
  kind: 'provenance',
  predicateType: 'https://slsa.dev/provenance/v1',
  subjects: [{ digest: { sha256 } }],
  builder: 'https://github.com/actions/runner/github-hosted',
  source: { repository, commit },
};
const ours: OurRebuild = {
  artifact: { sha256 },
  verdict: 'reproduced',
  source: { kind: 'git', repository, commit },
};

function agreements(theirs: Claims, our: OurRebuild | undefined, by = signer): Record<string, string> {
  return Object.fromEntries(
    compareWithRebuild(theirs, by, our).map(({ claim, agreement }) => [claim, agreement]),
  );
}

describe('held against a rebuild from the same commit', () => {
  test('all that can agree agrees', () => {
    expect(agreements(provenance, ours)).toEqual({
      artifact: 'agrees',
      repository: 'agrees',
      commit: 'agrees',
      builder: 'agrees',
      bytes: 'agrees',
    });
  });

  test('another commit or repository contradicts', () => {
    expect(
      agreements(provenance, { ...ours, source: { kind: 'git', repository, commit: 'd'.repeat(40) } }),
    ).toMatchObject({
      commit: 'contradicts',
      repository: 'agrees',
    });
    const elsewhere = { kind: 'git', repository: 'https://github.com/owner/fork', commit };
    expect(agreements(provenance, { ...ours, source: elsewhere })['repository']).toBe('contradicts');
  });

  test('other bytes from the very commit contradict; from another source they cannot be compared', () => {
    expect(agreements(provenance, { ...ours, verdict: 'different' })['bytes']).toBe('contradicts');
    expect(
      agreements(provenance, { ...ours, verdict: 'different', source: { kind: 'sdist' } })['bytes'],
    ).toBe('not-comparable');
  });

  test('a statement about another file contradicts; by a digest that we lack it cannot be compared', () => {
    expect(
      agreements({ ...provenance, subjects: [{ digest: { sha256: 'cd'.repeat(32) } }] }, ours)['artifact'],
    ).toBe('contradicts');
    expect(
      agreements({ ...provenance, subjects: [{ digest: { sha512: 'cd'.repeat(64) } }] }, ours)['artifact'],
    ).toBe('not-comparable');
  });
});

describe('nothing that one side does not say is agreement', () => {
  test.each(['sdist', 'tarball', 'folder'])(
    'a source of kind %s says nothing of repository and commit',
    (kind) => {
      expect(agreements(provenance, { ...ours, source: { kind } })).toMatchObject({
        repository: 'not-comparable',
        commit: 'not-comparable',
      });
    },
  );

  test.each(['equivalent', 'build-failed', 'unsupported', 'inconclusive', 'unknown'] as const)(
    'our verdict %s confirms no bytes',
    (verdict) => expect(agreements(provenance, { ...ours, verdict })['bytes']).toBe('not-comparable'),
  );

  test('a verdict agrees with the same one only, and never a weaker with a stronger', () => {
    const theirs = (verdict: NonNullable<Claims['verdict']>): Claims => ({
      ...provenance,
      kind: 'equivalence',
      verdict,
    });
    const table = (['reproduced', 'equivalent', 'different', 'build-failed'] as const).map((their) =>
      (['reproduced', 'equivalent', 'different', 'build-failed'] as const).map(
        (our) => agreements(theirs(their), { ...ours, verdict: our })['verdict'],
      ),
    );
    expect(table).toEqual([
      ['agrees', 'not-comparable', 'contradicts', 'not-comparable'],
      ['not-comparable', 'agrees', 'contradicts', 'not-comparable'],
      ['contradicts', 'contradicts', 'agrees', 'not-comparable'],
      ['not-comparable', 'not-comparable', 'not-comparable', 'not-comparable'],
    ]);
  });

  test('without a rebuild only the builder is judged', () => {
    expect(agreements(provenance, undefined)).toEqual({ builder: 'agrees' });
  });
});

describe('builders', () => {
  test.each([
    ['a key', { kind: 'public-key', hint: 'k' } as const],
    ['another provider', { ...signer, issuer: 'https://accounts.example' }],
    [
      'a self-hosted runner',
      { ...signer, extensions: { ...signer.extensions, '1.3.6.1.4.1.57264.1.11': 'self-hosted' } },
    ],
  ])('%s may not speak for a hosted runner', (_who, by) => {
    expect(agreements(provenance, undefined, by)).toEqual({ builder: 'contradicts' });
  });

  test('a generator’s workflow speaks for itself alone', () => {
    const id =
      'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/builder_nodejs_slsa3.yml@refs/tags/v1.6.0';
    const claims = { ...provenance, builder: id };
    expect(agreements(claims, undefined, { ...signer, subjectAlternativeName: id })).toEqual({
      builder: 'agrees',
    });
    expect(agreements(claims, undefined)).toEqual({ builder: 'contradicts' });
  });

  test('one that is not known is neither', () => {
    expect(agreements({ ...provenance, builder: 'https://builder.example' }, undefined)).toEqual({
      builder: 'not-comparable',
    });
  });
});

describe('who signed', () => {
  test('the repository’s workflow, exactly', () => {
    const expected = { saidBy: 'the index', repository, workflow: '.github/workflows/release.yml' };
    expect(judgeSigner(signer, expected).ok).toBe(true);
    expect(judgeSigner(signer, { ...expected, workflow: 'release.yml' }).ok).toBe(false);
    expect(judgeSigner(signer, { ...expected, repository: `${repository}2` }).ok).toBe(false);
    expect(judgeSigner(signer, { ...expected, issuer: 'https://gitlab.com' }).ok).toBe(false);
    expect(judgeSigner({ kind: 'public-key', hint: 'k' }, expected).ok).toBe(false);
  });

  test('a repository’s name means something by its own host’s identity provider alone', () => {
    const expected = { saidBy: 'the registry', repository };
    expect(judgeSigner(signer, expected).ok).toBe(true);
    expect(judgeSigner({ ...signer, issuer: 'https://oidc.other-ci.example' }, expected).ok).toBe(false);
    const elsewhere = 'https://git.example/owner/name';
    const there = {
      ...signer,
      issuer: 'https://git.example',
      extensions: { '1.3.6.1.4.1.57264.1.12': elsewhere },
    };
    expect(judgeSigner(there, { saidBy: 'the registry', repository: elsewhere }).ok).toBe(false);
    expect(
      judgeSigner(there, { saidBy: 'the registry', repository: elsewhere, issuer: 'https://git.example' }).ok,
    ).toBe(true);
  });

  test('an expectation that names nobody is met by nobody', () => {
    expect(judgeSigner(signer, { saidBy: 'somebody' }).ok).toBe(false);
  });

  test('a statement that its own certificate denies is seen', () => {
    expect(deniedByCertificate(provenance, signer)).toBeUndefined();
    expect(
      deniedByCertificate({ ...provenance, source: { repository: 'https://github.com/x/y' } }, signer),
    ).toContain('https://github.com/x/y');
    const other = { repository, commit: 'd'.repeat(40) };
    expect(deniedByCertificate({ ...provenance, source: other }, signer)).toContain('commit');
  });
});
