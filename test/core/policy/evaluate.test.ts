import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Claim } from '#core/policy/claim.ts';
import { evaluate } from '#core/policy/evaluate.ts';
import { signerRules } from '#core/policy/signer-table.ts';
import { Policy } from '#schemas/policy.ts';
import {
  comparisonPredicateType,
  provenancePredicateType,
  vsaPredicateType,
} from '#schemas/predicate-types.ts';

const now = new Date('2026-11-22T12:00:00Z');
const hint = (name: string): string => Buffer.from(name.padEnd(32)).toString('base64');
const builderOf = (name: string): string => `https://${name}.example/v1`;

/** Alice has two keys; Bob has one, and is trusted further; CI is known by its certificate. */
const signers = [
  { operator: 'alice', key: { hint: hint('alice-1') }, builderIds: [builderOf('alice')] },
  { operator: 'alice', key: { hint: hint('alice-2') }, builderIds: [builderOf('alice')] },
  {
    operator: 'bob',
    key: { hint: hint('bob') },
    builderIds: [builderOf('bob')],
    maximumLevel: 'SLSA_BUILD_LEVEL_3',
  },
  {
    operator: 'ci',
    certificate: { issuer: 'https://issuer.example', identityPattern: 'https://ci.example/acme/*' },
    builderIds: [builderOf('ci')],
    maximumLevel: 'SLSA_BUILD_LEVEL_2',
  },
];

const policyOf = (more: object = {}): Policy => Policy.parse({ schemaVersion: 1, signers, ...more });

const judge = (policy: Policy, ...claims: Claim[]): ReturnType<typeof evaluate> =>
  evaluate(
    policy,
    signerRules(policy.signers, () => 'no PEM here'),
    claims,
    now,
  );

function claim(name: string, more: Partial<Claim> = {}): Claim {
  return {
    signer: { kind: 'public-key', hint: hint(name) },
    builderId: builderOf(name.split('-')[0] as string),
    predicateType: comparisonPredicateType,
    verdict: 'reproduced',
    level: 'SLSA_BUILD_LEVEL_3',
    recipeBy: 'inferred',
    source: { kind: 'sdist', url: 'https://files.example/a/a.tar.gz' },
    madeAt: new Date('2026-11-20T12:00:00Z'),
    ...more,
  };
}

const requirements = ({ missing }: ReturnType<typeof evaluate>): string[] =>
  missing.map(({ requirement }) => requirement);

describe('operators', () => {
  test('one that reproduced is enough where no more are asked for', () => {
    expect(judge(policyOf(), claim('alice-1'))).toEqual({
      result: 'PASSED',
      missing: [],
      operators: ['alice'],
      level: 'SLSA_BUILD_LEVEL_1',
    });
  });

  test('two keys of one operator, and the same bundle twice, count once', () => {
    const policy = policyOf({ threshold: 2 });
    const result = judge(policy, claim('alice-1'), claim('alice-2'), claim('alice-1'), claim('alice-1'));
    expect(result.result).toBe('FAILED');
    expect(result.missing).toEqual([
      { requirement: 'threshold', ok: false, expected: '2 operators', actual: '1: alice' },
    ]);
    expect(judge(policy, claim('alice-1'), claim('bob')).operators).toEqual(['alice', 'bob']);
  });

  test('a signer that speaks for a builder that is not its own does not count', () => {
    const usurped = claim('alice-1', { builderId: builderOf('bob') });
    expect(requirements(judge(policyOf(), usurped))).toEqual(['signer', 'threshold']);
    const prefixed = claim('alice-1', { builderId: `${builderOf('alice')}/evil` });
    expect(requirements(judge(policyOf(), prefixed))).toEqual(['signer', 'threshold']);
  });

  test('a certificate counts only with the very issuer beside the name', () => {
    const signer = { kind: 'certificate', identity: 'https://ci.example/acme/x' } as const;
    const by = (issuer: string): Claim => claim('ci', { signer: { ...signer, issuer } });
    expect(judge(policyOf(), by('https://issuer.example')).result).toBe('PASSED');
    for (const issuer of ['https://issuer.example/', 'https://evil.example', ''])
      expect(judge(policyOf(), by(issuer)).result).toBe('FAILED');
  });

  test('nothing at all is never a pass', () => {
    expect(judge(policyOf())).toMatchObject({ result: 'FAILED', level: 'SLSA_BUILD_LEVEL_0' });
  });

  test('a threshold that the signers cannot reach is no policy', () => {
    expect(Policy.safeParse({ schemaVersion: 1, signers, threshold: 3 }).success).toBe(true);
    expect(Policy.safeParse({ schemaVersion: 1, signers, threshold: 4 }).success).toBe(false);
  });
});

describe('what they have to say', () => {
  test.each<[string, object, Partial<Claim>]>([
    ['verdict', {}, { verdict: 'equivalent' }],
    ['verdict', { accept: ['reproduced', 'equivalent'] }, { verdict: 'different' }],
    ['recipe', {}, { recipeBy: 'supplied' }],
    ['source', { sources: [{ kind: 'tarball' }] }, {}],
    ['source', { sources: [{ urlPrefix: 'https://files.example/b' }] }, {}],
    [
      'source',
      { sources: [{ urlPrefix: 'https://files.example' }] },
      { source: { kind: 'sdist', url: 'https://files.example.evil/a' } },
    ],
    ['source', { sources: [{ urlPrefix: 'https://files.example/a' }] }, { source: { kind: 'sdist' } }],
    ['level', { minimumLevel: 'SLSA_BUILD_LEVEL_2' }, {}],
    ['age', { maximumAgeDays: 1 }, {}],
    ['age', { maximumAgeDays: 10 }, { madeAt: new Date('2026-11-22T12:06:00Z') }],
    ['predicate-type', {}, { predicateType: provenancePredicateType }],
  ])('%s', (requirement, more, change) => {
    expect(requirements(judge(policyOf(more), claim('alice-1', change)))).toEqual([requirement, 'threshold']);
  });

  test('a statement that does not say what is asked for does not count', () => {
    for (const [requirement, member, more] of [
      ['verdict', 'verdict', {}],
      ['recipe', 'recipeBy', {}],
      ['source', 'source', { sources: [{ kind: 'sdist' }] }],
      ['age', 'madeAt', { maximumAgeDays: 10 }],
    ] as const) {
      const { [member]: _, ...silent } = claim('alice-1');
      expect(requirements(judge(policyOf(more), silent))).toEqual([requirement, 'threshold']);
    }
  });

  test('a level is never believed above what the signer is trusted for', () => {
    const two = { minimumLevel: 'SLSA_BUILD_LEVEL_2' };
    expect(judge(policyOf(two), claim('alice-1')).missing[0]).toEqual({
      requirement: 'level',
      ok: false,
      expected: 'SLSA_BUILD_LEVEL_2 or above',
      actual:
        'SLSA_BUILD_LEVEL_1: it states SLSA_BUILD_LEVEL_3, its signer is believed up to SLSA_BUILD_LEVEL_1',
    });
    expect(judge(policyOf(two), claim('bob')).level).toBe('SLSA_BUILD_LEVEL_3');
    expect(judge(policyOf(two), claim('bob', { level: 'SLSA_BUILD_LEVEL_1' })).result).toBe('FAILED');
  });

  test('the level of several is the one that as many as are asked for reach', () => {
    expect(judge(policyOf({ threshold: 2 }), claim('alice-1'), claim('bob')).level).toBe(
      'SLSA_BUILD_LEVEL_1',
    );
  });

  test('an operator counts only with every type that is asked for', () => {
    const both = policyOf({ predicateTypes: [comparisonPredicateType, provenancePredicateType] });
    const { verdict: _, level: __, ...rest } = claim('bob', { predicateType: provenancePredicateType });
    expect(judge(both, claim('bob'), rest).result).toBe('PASSED');
    expect(requirements(judge(both, claim('bob'), claim('alice-1')))).toContain('predicate-type');
  });

  describe('an equivalent that rests on passes', () => {
    const resting = (...passes: string[]): Claim => claim('bob', { verdict: 'equivalent', passes });
    const refusing = (...refusedPasses: string[]): Policy =>
      policyOf({ accept: ['reproduced', 'equivalent'], refusedPasses });

    test('counts where none of them is refused', () => {
      expect(judge(refusing('tar-owner'), resting('zip-times', 'record-file')).result).toBe('PASSED');
      expect(judge(policyOf({ accept: ['equivalent'] }), resting('zip-times')).result).toBe('PASSED');
    });

    test('does not count where one of them is, or every one, and the missing says which', () => {
      expect(judge(refusing('zip-times'), resting('zip-times', 'record-file'))).toMatchObject({
        result: 'FAILED',
        missing: [
          { requirement: 'passes', expected: 'none of zip-times', actual: 'zip-times, record-file' },
          { requirement: 'threshold' },
        ],
      });
      expect(requirements(judge(refusing('all'), resting('a-pass-of-later')))[0]).toBe('passes');
    });

    test('does not count where it does not say on which', () => {
      const { passes: _, ...silent } = resting();
      for (const one of [resting(), silent]) {
        expect(requirements(judge(refusing('tar-owner'), one))[0]).toBe('passes');
      }
    });

    test('says nothing against what is reproduced', () => {
      expect(judge(refusing('all'), claim('bob')).result).toBe('PASSED');
    });
  });

  test('a summary counts only for a policy that was named, where any was', () => {
    const sha256 = 'a'.repeat(64);
    const policy = policyOf({ predicateTypes: [vsaPredicateType], summaryPolicies: [{ sha256 }] });
    const { verdict: _, recipeBy: __, source: ___, ...rest } = claim('bob');
    const summary = { ...rest, predicateType: vsaPredicateType };
    expect(judge(policy, { ...summary, summaryPolicySha256: sha256 }).result).toBe('PASSED');
    expect(requirements(judge(policy, { ...summary, summaryPolicySha256: 'b'.repeat(64) }))[0]).toBe(
      'summary-policy',
    );
    expect(requirements(judge(policy, summary))[0]).toBe('summary-policy');
  });
});

test('a claim that is taken away never turns a failure into a pass', () => {
  const claims = fc.constantFrom(
    claim('alice-1'),
    claim('alice-2', { verdict: 'different' }),
    claim('bob'),
    claim('bob', { verdict: 'inconclusive' }),
    claim('mallory'),
  );
  fc.assert(
    fc.property(fc.array(claims, { maxLength: 8 }), fc.nat(), fc.integer({ min: 1, max: 2 }), (all, n, k) => {
      const policy = policyOf({ threshold: k });
      const fewer = all.filter((_, index) => index !== n % Math.max(all.length, 1));
      return judge(policy, ...all).result === 'PASSED' || judge(policy, ...fewer).result === 'FAILED';
    }),
  );
});
