import { describe, expect, test } from 'vitest';
import { encodeStatement } from '#core/statement/encode.ts';
import { resourceUriOf, summaryStatement, type SummaryInput } from '#core/statement/summary.ts';
import { VsaPredicate } from '#schemas/vsa-predicate.ts';
import { artifact, builder } from '#test/harness/samples/attest-input.ts';

const input: SummaryInput = {
  artifact,
  deployment: builder,
  timeVerified: '2026-11-22T12:00:00Z',
  policySha256: 'a'.repeat(64),
  passed: true,
  levels: ['SLSA_BUILD_LEVEL_2'],
  inputs: [{ predicateType: 'https://assay.dev/comparison/v1', sha256: 'b'.repeat(64) }],
};

describe('a verification summary', () => {
  test('names the verifier, the artifact by purl, the policy by digest and every attestation used', () => {
    expect(summaryStatement(input)).toEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: artifact.file, digest: artifact.digest }],
      predicateType: 'https://slsa.dev/verification_summary/v1',
      predicate: {
        verifier: { id: `${builder.id}/verifier`, version: builder.version },
        timeVerified: '2026-11-22T12:00:00Z',
        resourceUri: 'pkg:pypi/idna@3.20',
        policy: {
          uri: `urn:assay:policy:sha256:${'a'.repeat(64)}`,
          digest: { sha256: 'a'.repeat(64) },
        },
        inputAttestations: [
          {
            name: 'https://assay.dev/comparison/v1',
            digest: { sha256: 'b'.repeat(64) },
            mediaType: 'application/vnd.in-toto+json',
          },
        ],
        verificationResult: 'PASSED',
        verifiedLevels: ['SLSA_BUILD_LEVEL_2'],
        slsaVersion: '1.2',
      },
    });
  });

  test('of a policy that was not met says FAILED and no level, whatever the facts gave', () => {
    const { predicate } = summaryStatement({ ...input, passed: false });
    expect(predicate).toMatchObject({ verificationResult: 'FAILED', verifiedLevels: ['FAILED'] });
  });

  test('claims nothing about dependencies', () => {
    expect(summaryStatement(input).predicate).not.toHaveProperty('dependencyLevels');
  });

  test('of a file without a purl names it by a generic one with its digest', () => {
    const { purl: _, ...file } = { ...artifact, file: 'a file+1.whl' };
    expect(resourceUriOf(file)).toBe(
      `pkg:generic/a%20file%2B1.whl?checksum=sha256:${artifact.digest.sha256}`,
    );
  });

  test.each([
    ['a level beside FAILED', 'FAILED', ['FAILED', 'SLSA_BUILD_LEVEL_1']],
    ['a level although the policy failed', 'FAILED', ['SLSA_BUILD_LEVEL_1']],
    ['FAILED although it passed', 'PASSED', ['FAILED']],
    ['two levels of one track', 'PASSED', ['SLSA_BUILD_LEVEL_1', 'SLSA_BUILD_LEVEL_2']],
    ['a property without a level', 'PASSED', ['SLSA_BUILD_REPRODUCED']],
    ['a level twice', 'PASSED', ['SLSA_BUILD_LEVEL_1', 'SLSA_BUILD_LEVEL_1']],
    ['nothing', 'PASSED', []],
  ] as const)('is never signed with %s', (_, verificationResult, verifiedLevels) => {
    const statement = summaryStatement(input);
    const wrong = { ...statement.predicate, verificationResult, verifiedLevels: [...verifiedLevels] };
    expect(VsaPredicate.safeParse(wrong).success).toBe(false);
    expect(encodeStatement({ ...statement, predicate: wrong })).toMatchObject({ ok: false });
  });
});
