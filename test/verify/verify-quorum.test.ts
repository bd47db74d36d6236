import { beforeAll, describe, expect, test } from 'vitest';
import { requirementsOf } from '#core/policy/requirements.ts';
import { signerRules } from '#core/policy/signer-table.ts';
import { comparisonStatement } from '#core/statement/comparison.ts';
import { summaryStatement } from '#core/statement/summary.ts';
import { Policy } from '#schemas/policy.ts';
import { vsaPredicateType } from '#schemas/predicate-types.ts';
import type { KeySigner } from '#services/signing/signer.ts';
import { freshSigner, signed, signedJson } from '#test/harness/attesting/signed.ts';
import { artifact, different, equivalent, reproduced } from '#test/harness/samples/attest-input.ts';
import { trustKeys } from '#verify/trust.ts';
import { verifyQuorum, type QuorumResult } from '#verify/verify-quorum.ts';

const builderOf = (name: string): string => `https://${name}.example/v1/bubblewrap`;

let signers: Record<'alice' | 'alice2' | 'bob' | 'mallory', KeySigner>;
beforeAll(async () => {
  const [alice, alice2, bob, mallory] = await Promise.all([1, 2, 3, 4].map(() => freshSigner()));
  signers = { alice, alice2, bob, mallory } as typeof signers;
});

type Name = keyof typeof signers;

function policyOf(more: object = {}): Policy {
  const line = (name: Name, operator: string): object => ({
    operator,
    key: { hint: signers[name].hint },
    builderIds: [builderOf(operator), `https://${operator}.example/v1/verifier`],
    maximumLevel: 'SLSA_BUILD_LEVEL_2',
  });
  const table = [line('alice', 'alice'), line('alice2', 'alice'), line('bob', 'bob')];
  return Policy.parse({ schemaVersion: 1, signers: table, ...more });
}

function verify(policy: Policy, ...bundles: Uint8Array[]): QuorumResult {
  const rules = signerRules(policy.signers, () => 'no PEM here');
  const trust = trustKeys(Object.values(signers).map(({ publicKeyPem }) => ({ publicKeyPem })));
  return verifyQuorum({
    bundles,
    artifactSha256: artifact.digest.sha256,
    trust,
    quorum: { asked: requirementsOf(policy), rules, threshold: policy.threshold },
    expect: { now: new Date('2026-11-23T00:00:00Z') },
  });
}

const say = (name: Name, input: Parameters<typeof comparisonStatement>[0] = reproduced): Promise<Buffer> =>
  signed(
    comparisonStatement(input, {
      builder: { id: builderOf(name.replace(/\d$/, '')) },
      level: 'SLSA_BUILD_LEVEL_2',
      facts: [],
    }),
    signers[name],
  );

describe('k of n', () => {
  test('two operators are two; two keys of one, and one bundle twice, are one', async () => {
    const two = policyOf({ threshold: 2 });
    expect(verify(two, await say('alice'), await say('bob'))).toMatchObject({
      result: 'PASSED',
      operators: ['alice', 'bob'],
      level: 'SLSA_BUILD_LEVEL_2',
    });
    const bundle = await say('alice');
    expect(verify(two, bundle, bundle, await say('alice2'))).toMatchObject({
      result: 'FAILED',
      operators: ['alice'],
      missing: [{ requirement: 'threshold', actual: '1: alice' }],
    });
  });

  test('whoever is not in the table counts for nothing, trusted key or not', async () => {
    const result = verify(policyOf(), await say('mallory'));
    expect(result.result).toBe('FAILED');
    expect(result.bundles[0]?.checks.at(-1)).toMatchObject({ name: 'identity', ok: false });
  });

  test('who says that it differs counts for nobody, and is no reason to fail', async () => {
    const result = verify(policyOf(), await say('alice'), await say('bob', different));
    expect(result).toMatchObject({ result: 'PASSED', operators: ['alice'] });
    expect(result.bundles.map(({ verified }) => verified)).toEqual([true, false]);
    expect(verify(policyOf({ threshold: 2 }), await say('alice'), await say('bob', different)).result).toBe(
      'FAILED',
    );
  });

  test('equivalent counts only where the policy accepts it', async () => {
    const bundle = await say('alice', equivalent);
    expect(verify(policyOf(), bundle).result).toBe('FAILED');
    expect(verify(policyOf({ accept: ['reproduced', 'equivalent'] }), bundle).result).toBe('PASSED');
    expect(verify(policyOf({ accept: ['equivalent'] }), await say('alice')).result).toBe('FAILED');
  });

  test('an equivalent that rests on a pass that the policy refuses counts for nobody', async () => {
    const bundle = await say('alice', equivalent);
    const refusing = (...refusedPasses: string[]): Policy =>
      policyOf({ accept: ['reproduced', 'equivalent'], refusedPasses });
    for (const policy of [refusing('zip-times'), refusing('all')]) {
      const refused = verify(policy, bundle);
      expect(refused.result).toBe('FAILED');
      expect(refused.bundles[0]?.checks.at(-1)).toMatchObject({ name: 'passes', actual: 'zip-times' });
      expect(verify(policy, await say('alice')).result).toBe('PASSED');
    }
    expect(verify(refusing('tar-owner'), bundle).result).toBe('PASSED');
  });

  test('a supplied recipe, another source and an old statement do not count', async () => {
    const recipe = { ...reproduced.recipe, by: 'supplied' } as NonNullable<typeof reproduced.recipe>;
    const supplied = await say('alice', { ...reproduced, recipe });
    expect(verify(policyOf(), supplied).bundles[0]?.checks.at(-1)).toMatchObject({ name: 'recipe' });
    expect(verify(policyOf({ recipe: { by: ['supplied'] } }), supplied).result).toBe('PASSED');
    const elsewhere = policyOf({ sources: [{ urlPrefix: 'https://elsewhere.example/' }] });
    expect(verify(elsewhere, await say('alice')).bundles[0]?.checks.at(-1)).toMatchObject({ name: 'source' });
    const old = {
      ...reproduced,
      ran: { ...reproduced.ran, finishedOn: '2026-01-01T00:00:00Z' } as NonNullable<typeof reproduced.ran>,
    };
    const fresh = policyOf({ maximumAgeDays: 30 });
    expect(verify(fresh, await say('alice', old)).bundles[0]?.checks.at(-1)).toMatchObject({ name: 'age' });
    expect(verify(fresh, await say('alice')).result).toBe('PASSED');
  });

  test('no bundle at all is no pass', () => {
    expect(verify(policyOf())).toMatchObject({ result: 'FAILED', operators: [] });
  });
});

describe('a summary', () => {
  const policySha256 = 'c'.repeat(64);
  const input = {
    artifact,
    deployment: { id: 'https://alice.example/v1' },
    timeVerified: '2026-11-22T12:00:00Z',
    policySha256,
    passed: true,
    levels: ['SLSA_BUILD_LEVEL_3'] as const,
    inputs: [{ predicateType: 'https://assay.dev/comparison/v1', sha256: 'd'.repeat(64) }],
  };
  const asked = (more: object = {}): Policy => policyOf({ predicateTypes: [vsaPredicateType], ...more });

  test('counts for its verifier, at most at the level that this is believed for', async () => {
    const bundle = await signed(summaryStatement(input), signers.alice);
    const result = verify(asked(), bundle);
    expect(result).toMatchObject({ result: 'PASSED', operators: ['alice'], level: 'SLSA_BUILD_LEVEL_2' });
    expect(result.bundles[0]?.sentence).toContain('what it looked at was not looked at here');
    expect(verify(asked({ summaryPolicies: [{ sha256: policySha256 }] }), bundle).result).toBe('PASSED');
    const other = verify(asked({ summaryPolicies: [{ sha256: 'e'.repeat(64) }] }), bundle);
    expect(other.bundles[0]?.checks.at(-1)).toMatchObject({ name: 'summary-policy', ok: false });
  });

  test('that says FAILED counts for nobody, whatever levels stand beside it', async () => {
    const failed = await signed(summaryStatement({ ...input, passed: false }), signers.alice);
    expect(verify(asked(), failed).bundles[0]?.checks.at(-1)).toMatchObject({ name: 'verdict', ok: false });
    const statement = summaryStatement(input);
    for (const more of [
      { verificationResult: 'FAILED' },
      { verifiedLevels: ['SLSA_BUILD_LEVEL_3', 'FAILED'] },
      { verificationResult: 'passed' },
    ]) {
      const predicate = { ...statement.predicate, ...more };
      const result = verify(asked(), await signedJson({ ...statement, predicate }, signers.alice));
      expect(result.result).toBe('FAILED');
    }
  });

  test('by a verifier for which its signer may not speak counts for nobody', async () => {
    const deployment = { id: 'https://bob.example/v1' };
    const bundle = await signed(summaryStatement({ ...input, deployment }), signers.alice);
    expect(verify(asked(), bundle).bundles[0]?.checks.at(-1)).toMatchObject({ name: 'builder-id' });
  });
});
