import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { comparisonStatement } from '#core/statement/comparison.ts';
import { provenanceStatement } from '#core/statement/provenance.ts';
import { bytesFlipped, jsonMutated, withMemberTwice } from '#test/harness/fuzz/mutations.ts';
import {
  artifact,
  builder,
  outputOf,
  ran,
  recipe,
  reproduced,
  wheelBytes,
} from '#test/harness/samples/attest-input.ts';
import {
  certificateSigner,
  keySigner,
  testBundle,
  testSigstore,
  trustedRootOf,
  type TestBundle,
} from '#test/harness/sigstore/test-sigstore.ts';
import { checkNames } from '#verify/checks.ts';
import { trustMaterial, type Trust } from '#verify/trust.ts';
import { verifyBundle, type VerifyResult } from '#verify/verify-bundle.ts';

/**
 * More than 20,000 hostile bundles and statements in each run: never a pass, never a throw, and the honest ones pass in
 * the same harness. A mutation changes the structure (members added, left out, doubled, of other types), or bytes,
 * digests, base64 and text in it.
 */
vi.setConfig({ testTimeout: 300_000 });

const world = testSigstore();
const key = keySigner();
const holder = certificateSigner(world);
const by = { builder, level: 'SLSA_BUILD_LEVEL_1' as const, facts: [] };
const comparison = comparisonStatement(reproduced, by);
const provenance = provenanceStatement({ ...reproduced, recipe, ran, output: outputOf(wheelBytes) }, builder);
const identities = [{ issuer: 'https://issuer.example', identity: 'https://builder.example/v1' }];

const keys = [{ publicKeyPem: key.publicKeyPem, builderIds: [builder.id] }];
const trustedRootJson = JSON.stringify(trustedRootOf(world));
const keyAlone = trustMaterial({ keys });
/** Witnesses are asked for, so that to take them away is a change like any other. */
const witnessed = trustMaterial({ keys, trustedRootJson, thresholds: { timestamps: 1, logEntries: 1 } });

const honest: readonly [string, TestBundle, Trust][] = [
  [
    'by a key alone',
    testBundle(world, key, { payload: JSON.stringify(provenance), entries: [], stamped: false }),
    keyAlone,
  ],
  ['by a key, witnessed', testBundle(world, key, { payload: JSON.stringify(comparison) }), witnessed],
  ['by a certificate', testBundle(world, holder, { payload: JSON.stringify(comparison) }), witnessed],
];

function verify(bundleBytes: Uint8Array, trust: Trust): VerifyResult {
  const about = { artifactSha256: artifact.digest.sha256, artifactSha512: 'f'.repeat(128) };
  const result = verifyBundle({ ...about, bundleBytes, trust, expect: { identities } });
  // What comes out is whole, whatever went in: known checks, bounded texts, one that failed or none.
  for (const check of result.checks) {
    if (!checkNames.includes(check.name) || check.expected.length + check.actual.length > 700)
      throw new Error(`not a check: ${JSON.stringify(check)}`);
  }
  expect(result.checks.filter(({ ok }) => !ok)).toHaveLength(result.verified ? 0 : 1);
  return result;
}

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** What protobuf's JSON may write for what is left out. */
const nothing = new Set(['null', '""', '[]', '{}']);

/** Two bundles are the same where only this differs: the alphabet of base64, a count as text or number, and `nothing`. */
function meaning(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.replaceAll('-', '+').replaceAll('_', '/');
  if (Array.isArray(value)) return value.map(meaning);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, meaning(member)] as const)
      .filter(([, member]) => !nothing.has(JSON.stringify(member)))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(meaning(one)) === JSON.stringify(meaning(other));

test.each(honest)('the honest bundle passes in this harness (%s)', (_, bundle, trust) => {
  expect(verify(bytesOf(bundle), trust).verified).toBe(true);
});

test.each(honest)('a bundle changed in its structure or values never passes (%s)', (_, bundle, trust) => {
  fc.assert(
    fc.property(
      jsonMutated(bundle),
      (mutated) => !verify(bytesOf(mutated), trust).verified || same(mutated, bundle),
    ),
    { numRuns: 3000 },
  );
});

test.each(honest)('a bundle with bytes flipped, cut out or put in never passes (%s)', (_, bundle, trust) => {
  fc.assert(
    fc.property(
      bytesFlipped(bytesOf(bundle)),
      (bytes) => !verify(bytes, trust).verified || same(JSON.parse(bytes.toString()), bundle),
    ),
    { numRuns: 2000 },
  );
});

test.each(honest)('a bundle in which a member is there twice never passes (%s)', (_, bundle, trust) => {
  fc.assert(
    fc.property(withMemberTwice(bundle), (text) => !verify(Buffer.from(text), trust).verified),
    { numRuns: 500 },
  );
});

/** A signer that we trust makes none of these; one that was taken over could. */
const signed = (payload: string): Buffer =>
  bytesOf(testBundle(world, key, { payload: payload || ' ', entries: [], stamped: false }));

test.each([
  ['comparison', comparison],
  ['provenance', provenance],
] as const)('a hostile %s under a good signature says no more than it may', (_, statement) => {
  fc.assert(
    fc.property(jsonMutated(statement), (mutated) => {
      const result = verify(signed(JSON.stringify(mutated)), keyAlone);
      if (!result.verified) return;
      // It still reads as a statement: then about this file, by the right builder, with the verdict asked for.
      const said = mutated as typeof statement;
      expect(said.subject.map(({ digest }) => digest)).toEqual([artifact.digest]);
      expect(said.predicateType).toBe(statement.predicateType);
      expect(result.claim).toMatchObject({ builderId: builder.id, predicateType: statement.predicateType });
      expect(result.level).toMatch(/^SLSA_BUILD_LEVEL_[01]$/);
      if ('verdict' in said.predicate) expect(said.predicate.verdict.kind).toBe('reproduced');
    }),
    { numRuns: 2500 },
  );
  fc.assert(
    fc.property(withMemberTwice(statement), (text) => !verify(signed(text), keyAlone).verified),
    { numRuns: 500 },
  );
});

test('nesting, numbers and lengths without bound never pass and never crash', () => {
  const hostile = [
    '['.repeat(200_000),
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    '1e999999',
    `{"mediaType":${'9'.repeat(100_000)}}`,
    `{"a":"${String.raw`\u0000`.repeat(100_000)}"}`,
    `{${Array.from({ length: 50_000 }, (_, n) => `"m${n}":0`).join(',')}}`,
    `[${'{},'.repeat(100_000)}{}]`,
    '\uFEFF{}',
    '{"__proto__":{"verified":true}}',
    '{"constructor":{"prototype":{"verified":true}}}',
  ];
  for (const text of hostile) {
    expect(verify(Buffer.from(text), witnessed).verified).toBe(false);
    expect(verify(signed(text), keyAlone).verified).toBe(false);
  }
});
