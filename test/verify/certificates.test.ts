import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { comparisonStatement } from '#core/statement/comparison.ts';
import { artifact, builder, reproduced, wheelBytes } from '#test/harness/samples/attest-input.ts';
import { utf8 } from '#test/harness/sigstore/der-values.ts';
import { extension } from '#test/harness/sigstore/test-certificate.ts';
import {
  certificateSigner,
  signedAt,
  testBundle,
  testSigstore,
  trustedRootOf,
} from '#test/harness/sigstore/test-sigstore.ts';
import type { Expectation } from '#verify/expectation.ts';
import { trustMaterial } from '#verify/trust.ts';
import { verifyBundle, type VerifyResult } from '#verify/verify-bundle.ts';

const world = testSigstore();
const trust = trustMaterial({ trustedRootJson: JSON.stringify(trustedRootOf(world)) });
const sha512 = createHash('sha512').update(wheelBytes).digest('hex');
const issuer = 'https://issuer.example';
const identity = 'https://builder.example/v1';
const identities = [{ issuer, identity }];

type AnyJson = ReturnType<typeof JSON.parse>;

function verify(
  statement: unknown,
  expectation: Expectation,
  certificate: Parameters<typeof certificateSigner>[1] = {},
): VerifyResult {
  const bundle = testBundle(world, certificateSigner(world, certificate), {
    payload: JSON.stringify(statement),
  });
  return verifyBundle({
    bundleBytes: Buffer.from(JSON.stringify(bundle)),
    artifactSha256: artifact.digest.sha256,
    artifactSha512: sha512,
    trust,
    expect: expectation,
  });
}

/** The check that failed: always the last one, and the only one. */
function failing(result: VerifyResult): string {
  expect(result.verified).toBe(false);
  expect(result.checks.filter(({ ok }) => !ok)).toHaveLength(1);
  return result.checks.at(-1)?.name ?? '';
}

const comparison = comparisonStatement(reproduced, { builder, level: 'SLSA_BUILD_LEVEL_1', facts: [] });

describe('a certificate', () => {
  test('that names who was expected, by the expected issuer, says what its holder signed', () => {
    const result = verify(comparison, { identities });
    expect(result).toMatchObject({
      verified: true,
      signer: { kind: 'certificate', identity, issuer },
      operator: `${identity}, vouched for by ${issuer}`,
      logEntries: 1,
      times: [{ source: 'timestamp-authority', at: signedAt }],
      level: 'SLSA_BUILD_LEVEL_1',
    });
    expect(result.checks.map(({ name }) => name)).toEqual([
      'bundle-json',
      'bundle-format',
      'payload-type',
      'certificate',
      'signature',
      'witnesses',
      'identity',
      'statement',
      'subject-count',
      'subject-digest',
      'predicate-type',
      'predicate',
      'builder-id',
      'verdict',
      'level',
    ]);
  });

  test('is believed in nothing where nobody was named, however sound it is', () => {
    expect(failing(verify(comparison, {}))).toBe('identity');
    expect(failing(verify(comparison, { identities: [] }))).toBe('identity');
    expect(failing(verify(comparison, { signers: [] }))).toBe('identity');
  });

  test.each([
    { issuer, identity: 'https://builder.example/v' },
    { issuer, identity: 'https://builder.example/v1/' },
    { issuer, identity: 'HTTPS://builder.example/v1' },
    { issuer, identityPattern: 'https://builder.example/v' },
    { issuer, identityPattern: 'https://builder.example/.*' },
    { issuer: 'https://issuer.example/', identity },
    { issuer: 'https://issuer', identity },
    { issuer: 'https://evil.example', identityPattern: 'https://builder.example/**' },
  ])('for somebody else, or by another issuer: %j', (named) => {
    expect(failing(verify(comparison, { identities: [named] }))).toBe('identity');
  });

  test('by a pattern for the whole of its name', () => {
    const named = [{ issuer, identityPattern: 'https://builder.example/*' }];
    expect(verify(comparison, { identities: named }).verified).toBe(true);
  });

  test('without an issuer in it is nobody', () => {
    const result = verify(comparison, { identities: [{ issuer: '', identity }] }, { further: [] });
    expect(result.verified).toBe(false);
  });

  test('may sign only for the builder that the table gives it', () => {
    const rule = {
      operator: 'us',
      signer: { issuer, identity },
      maximumLevel: 'SLSA_BUILD_LEVEL_1',
    } as const;
    const other = { ...rule, builderIds: ['https://hosted.example/v1'] };
    expect(failing(verify(comparison, { signers: [other] }))).toBe('builder-id');
    expect(verify(comparison, { signers: [{ ...rule, builderIds: [builder.id] }] })).toMatchObject({
      verified: true,
      operator: 'us',
    });
  });
});

describe("a workflow's provenance", () => {
  const repository = 'https://github.com/acme/tool';
  const ref = 'refs/tags/v1.2';
  const path = '.github/workflows/release.yml';
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const run = `${repository}/actions/runs/1/attempts/1`;
  const workflow = `${repository}/${path}@${ref}`;
  const oids = (claims: Record<string, string>): Buffer[] =>
    Object.entries(claims).map(([arc, text]) => extension(`1.3.6.1.4.1.57264.1.${arc}`, utf8(text)));
  const certified = {
    8: 'https://token.actions.githubusercontent.com',
    9: workflow,
    11: 'github-hosted',
    12: repository,
    13: commit,
    14: ref,
    18: workflow,
    21: run,
  };
  const named = [{ issuer: certified[8], identity: workflow }];
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'pkg:npm/tool@1.2.0', digest: { sha512 } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
        externalParameters: { workflow: { ref, repository, path } },
        internalParameters: { github: { event_name: 'push' } },
        resolvedDependencies: [{ uri: `git+${repository}@${ref}`, digest: { gitCommit: commit } }],
      },
      runDetails: {
        builder: { id: 'https://github.com/actions/runner/github-hosted' },
        metadata: { invocationId: run },
      },
    },
  };
  const check = (
    edit: (statement: AnyJson) => void = () => undefined,
    expectation: Expectation = {},
    claims: Record<string, string> = certified,
  ): VerifyResult => {
    const edited = structuredClone(statement) as AnyJson;
    edit(edited);
    return verify(
      edited,
      { identities: named, ...expectation },
      { identity: workflow, further: oids(claims) },
    );
  };

  test("as npm has it passes by sha512, and is called its publisher's own word", () => {
    const result = check();
    expect(result).toMatchObject({ verified: true, level: 'SLSA_BUILD_LEVEL_1' });
    expect(result.sentence).toContain("its publisher's own word");
    expect(result.sentence).toContain(commit);
  });

  test("as GitHub's own attestations have it passes too, among other files", () => {
    const result = check((edited) => {
      edited.predicate.buildDefinition.buildType = 'https://actions.github.io/buildtypes/workflow/v1';
      edited.predicate.runDetails.builder.id = workflow;
      edited.subject = [
        { name: 'other', digest: { sha256: 'a'.repeat(64) } },
        { name: 'tool', digest: { sha256: artifact.digest.sha256 } },
      ];
    });
    expect(result.verified).toBe(true);
  });

  test.each<[string, (statement: AnyJson) => void]>([
    ['repository', (s) => (s.predicate.buildDefinition.externalParameters.workflow.repository += '2')],
    ['ref', (s) => (s.predicate.buildDefinition.externalParameters.workflow.ref = 'refs/heads/main')],
    ['workflow', (s) => (s.predicate.buildDefinition.externalParameters.workflow.path = 'other.yml')],
    [
      'commit',
      (s) => (s.predicate.buildDefinition.resolvedDependencies[0].digest.gitCommit = 'f'.repeat(40)),
    ],
    ['run', (s) => (s.predicate.runDetails.metadata.invocationId += '0')],
    ['builder', (s) => (s.predicate.runDetails.builder.id = 'https://github.com/actions/runner/self-hosted')],
  ])('whose %s is not what its certificate says is refused', (name, edit) => {
    const result = check(edit);
    expect(failing(result)).toBe('certificate-claims');
    expect(result.checks.at(-1)?.actual).toContain(`${name}: the statement says`);
  });

  test('with a certificate that does not say of which repository it is refused', () => {
    const { 12: _, ...less } = certified;
    expect(failing(check(undefined, {}, less))).toBe('certificate-claims');
  });

  test.each<[string, (parameters: AnyJson) => void]>([
    ['inputs', (p) => (p.inputs = { debug: 'true' })],
    ['variables', (p) => (p.vars = { CC: 'evil' })],
    ['a parameter that nobody knows', (p) => (p.preload = 'evil.so')],
    ['a member of workflow that nobody knows', (p) => (p.workflow.environment = 'x')],
    ['no workflow', (p) => delete p.workflow],
  ])('with %s is refused', (_, edit) => {
    expect(failing(check((s) => edit(s.predicate.buildDefinition.externalParameters)))).toBe(
      'external-parameters',
    );
  });

  test.each<[string, NonNullable<Expectation['source']>, boolean]>([
    ['the repository', { uri: repository }, true],
    ['spelled as git does', { uri: `git+${repository}.git` }, true],
    ['with its tag', { uri: `${repository}@${ref}` }, true],
    ['with another tag', { uri: `${repository}@refs/tags/v9` }, false],
    ['with its commit', { uri: repository, digest: { algorithm: 'gitCommit', value: commit } }, true],
    ['another commit', { digest: { algorithm: 'gitCommit', value: 'f'.repeat(40) } }, false],
    ['a digest that it does not give', { digest: { algorithm: 'sha256', value: 'f'.repeat(64) } }, false],
    ['a member of every object', { digest: { algorithm: 'constructor', value: commit } }, false],
    ['another repository', { uri: 'https://github.com/acme/tool2' }, false],
    ['a repository above', { uri: 'https://github.com/acme' }, false],
    ['the same on another host', { uri: 'https://evil.example/acme/tool' }, false],
  ])('held against the expected source: %s', (_, source, ok) => {
    const result = check(undefined, { source });
    if (ok) expect(result.verified).toBe(true);
    else expect(failing(result)).toBe('source');
  });

  test('states no level: what the table gives its builder is believed, and no more', () => {
    const minimumLevel = 'SLSA_BUILD_LEVEL_2';
    expect(failing(check(undefined, { minimumLevel }))).toBe('level');
    expect(check(undefined, { minimumLevel, maximumLevel: minimumLevel })).toMatchObject({
      level: minimumLevel,
    });
  });
});

describe('age', () => {
  const day = 86_400_000;
  const at = (days: number): Date => new Date(signedAt.getTime() + days * day);
  const young = structuredClone(comparison) as AnyJson;
  young.predicate.timestamps.finishedOn = signedAt.toISOString();

  test('is counted from when it was made, and needs to be told what time it is', () => {
    const within = (now: Date): Expectation => ({ identities, maximumAgeMs: 10 * day, now });
    expect(verify(young, within(at(9))).verified).toBe(true);
    expect(failing(verify(young, within(at(11))))).toBe('age');
    expect(failing(verify(young, within(at(-1))))).toBe('age');
    expect(failing(verify(young, { identities, maximumAgeMs: 10 * day }))).toBe('age');
  });

  test('an old statement is not made young by a fresh signature and time stamp, nor the other way', () => {
    const old = structuredClone(young);
    old.predicate.timestamps.finishedOn = new Date(signedAt.getTime() - 30 * day).toISOString();
    expect(failing(verify(old, { identities, maximumAgeMs: 10 * day, now: at(1) }))).toBe('age');
    const future = structuredClone(young);
    future.predicate.timestamps.finishedOn = at(20).toISOString();
    expect(failing(verify(future, { identities, maximumAgeMs: 10 * day, now: at(20) }))).toBe('age');
  });
});
