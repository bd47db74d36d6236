import { describe, expect, test } from 'vitest';
import { AppError } from '#core/errors/app-error.ts';
import { jsonDigest } from '#core/json/digest.ts';
import { idsOfDeployment, verifierIdOf } from '#core/statement/builder-id.ts';
import type { AttestInput, Stated } from '#schemas/jobs.ts';
import { Policy } from '#schemas/policy.ts';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import { VsaPredicate } from '#schemas/vsa-predicate.ts';
import { createSigning } from '#services/signing/create-signing.ts';
import type { Signing } from '#services/signing/signing.ts';
import { attestJob } from '#test/harness/attesting/attest-job.ts';
import { freshSigner, placeOf } from '#test/harness/attesting/signed.ts';
import {
  artifact,
  builder,
  different,
  equivalent,
  otherBytes,
  ran,
  reproduced,
  wheelBytes,
} from '#test/harness/samples/attest-input.ts';
import { attestHandler } from '#workers/attest/handler.ts';

const signer = await freshSigner();
const signing = createSigning({ signer, key: signer });
const place = placeOf(signer);
const askedAt = '2026-11-22T12:00:00.000Z';
const us = {
  operator: 'Us',
  key: { hint: signer.hint },
  builderIds: idsOfDeployment(builder.id),
  maximumLevel: 'SLSA_BUILD_LEVEL_3',
} as const;
const them = { ...us, operator: 'Them', key: { hint: `${'A'.repeat(43)}=` } };
const policyOf = (over: object = {}): Policy =>
  Policy.parse({ schemaVersion: 1, name: 'release', signers: [us], ...over });

const old = { startedOn: '2020-01-01T00:00:00Z', finishedOn: '2020-01-01T00:00:01Z' };
const longAgo = { ...reproduced, submittedAt: old.startedOn, ran: { ...ran, ...old } };

/** States `input`, then holds it against `policy`; `tamper` may change what is handed in between. */
async function summarized(
  input: AttestInput,
  policy: Policy,
  {
    by = signing,
    tamper = (stated: Stated[]) => stated,
  }: { by?: Signing; tamper?: (s: Stated[]) => Stated[] } = {},
) {
  const held = [wheelBytes, otherBytes];
  const first = await attestJob(input, held);
  const report = await attestHandler({ signing, builder, place })(first.job);
  if (report.outcome !== 'attested') throw new Error(report.outcome);
  const stated = tamper(
    report.attestations.map(({ predicateType, subject, statement }) => ({
      predicateType,
      subject,
      statement,
    })),
  );
  const task = { kind: 'summarize', policy, askedAt, stated } as const;
  const second = await attestJob({ ...input, task }, [...first.objects.values()]);
  const answer = await attestHandler({ signing: by, builder, place })(second.job);
  if (answer.outcome !== 'summarized') return { answer, stated };
  const bytes = second.objects.get(answer.attestation.bundle.digest.sha256) ?? new Uint8Array();
  const { dsseEnvelope } = JSON.parse(Buffer.from(bytes).toString());
  const statement = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString());
  return { answer, stated, statement, predicate: VsaPredicate.parse(statement.predicate) };
}

describe('a rebuild that is held against a policy', () => {
  test('and meets it gets a signed summary: PASSED, with the level that the facts give', async () => {
    const policy = policyOf();
    const { answer, stated, statement, predicate } = await summarized(reproduced, policy);
    expect(answer).toMatchObject({
      outcome: 'summarized',
      summary: { result: 'PASSED', verifiedLevels: ['SLSA_BUILD_LEVEL_1'], missing: [] },
    });
    expect(statement.subject).toEqual([{ name: artifact.file, digest: artifact.digest }]);
    expect(predicate).toMatchObject({
      verifier: { id: verifierIdOf(builder.id) },
      timeVerified: askedAt,
      policy: { digest: jsonDigest(policy) },
      verificationResult: 'PASSED',
      verifiedLevels: ['SLSA_BUILD_LEVEL_1'],
    });
    expect(predicate?.inputAttestations).toEqual(
      stated.map(({ predicateType, statement: { digest } }) => ({
        name: predicateType,
        digest,
        mediaType: 'application/vnd.in-toto+json',
      })),
    );
  });

  test.each([
    ['a verdict that it does not accept', different, {}, 'verdict'],
    ['a verdict that holds only after normalisation', equivalent, {}, 'verdict'],
    ['a level that the facts do not give', reproduced, { minimumLevel: 'SLSA_BUILD_LEVEL_3' }, 'level'],
    ['another signer', reproduced, { signers: [them] }, 'signer'],
    ['another builder', reproduced, { signers: [{ ...us, builderIds: ['https://a.example'] }] }, 'signer'],
    ['two operators', reproduced, { threshold: 2, signers: [us, them] }, 'threshold'],
    ['a recipe by somebody else', reproduced, { recipe: { by: ['supplied'] } }, 'recipe'],
    ['a younger rebuild', longAgo, { maximumAgeDays: 30 }, 'age'],
  ] as const)(
    'and misses it for %s is signed too: FAILED, with no level',
    async (_, input, over, requirement) => {
      const { answer, predicate } = await summarized(input as AttestInput, policyOf(over));
      expect(answer).toMatchObject({ summary: { result: 'FAILED', verifiedLevels: ['FAILED'] } });
      if (answer.outcome !== 'summarized') throw new Error(answer.outcome);
      expect(answer.summary.missing.map((each) => each.requirement)).toContain(requirement);
      expect(predicate).toMatchObject({ verificationResult: 'FAILED', verifiedLevels: ['FAILED'] });
    },
  );

  test('that asks for provenance alone gets no more than the facts give either', async () => {
    const asked = { predicateTypes: [provenancePredicateType] };
    const { answer } = await summarized(reproduced, policyOf(asked));
    expect(answer).toMatchObject({ summary: { verifiedLevels: ['SLSA_BUILD_LEVEL_1'] } });
    const strict = policyOf({ ...asked, minimumLevel: 'SLSA_BUILD_LEVEL_2' });
    expect((await summarized(reproduced, strict)).answer).toMatchObject({ summary: { result: 'FAILED' } });
  });

  test('that accepts equivalents never gets the provenance of other bytes counted for the artifact', async () => {
    const policy = policyOf({ accept: ['reproduced', 'equivalent'] });
    const { answer, predicate } = await summarized(equivalent, policy);
    expect(answer).toMatchObject({ summary: { result: 'PASSED', verifiedLevels: ['SLSA_BUILD_LEVEL_0'] } });
    expect(predicate?.inputAttestations.map(({ name }) => name)).toEqual([comparisonPredicateType]);
  });

  test('is never called SLSA_BUILD_REPRODUCED by us alone, and what is missing is named', async () => {
    const { answer, predicate } = await summarized(reproduced, policyOf());
    expect(predicate?.verifiedLevels).not.toContain('SLSA_BUILD_REPRODUCED');
    expect(answer).toMatchObject({
      summary: { reproduced: { holds: false, missing: [expect.stringMatching(/another operator/)] } },
    });
  });
});

describe('the attester would not sign a summary', () => {
  test('of a statement that is not what it stated', async () => {
    const tamper = (stated: Stated[]) =>
      stated.map((each) => ({ ...each, subject: { sha256: 'f'.repeat(64) } }));
    const { answer } = await summarized(reproduced, policyOf(), { tamper });
    expect(answer).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('another file') });
  });

  test('of a statement that is not held', async () => {
    const tamper = (stated: Stated[]) =>
      stated.map((each) => ({ ...each, statement: { digest: { sha256: 'f'.repeat(64) }, size: 1 } }));
    const { answer } = await summarized(reproduced, policyOf(), { tamper });
    expect(answer).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('not held') });
  });

  test('under a policy whose key is none', async () => {
    const policy = policyOf({ signers: [{ ...us, key: { publicKeyPem: 'no key' } }] });
    expect((await summarized(reproduced, policy)).answer).toMatchObject({ outcome: 'refused' });
  });

  test('while its key or a witness is away: the job is given back, to be tried again', async () => {
    const by: Signing = {
      ...signing,
      sign: () => Promise.reject(new AppError('unavailable', 'The log cannot be reached.')),
    };
    await expect(summarized(reproduced, policyOf(), { by })).rejects.toMatchObject({ code: 'unavailable' });
  });
});
