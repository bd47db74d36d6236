import { describe, expect, test } from 'vitest';
import { idsOfDeployment } from '#core/statement/builder-id.ts';
import type { Comparison } from '#schemas/comparison.ts';
import { couldHide } from '#schemas/could-hide.ts';
import { Cut, type CutKind } from '#schemas/cut.ts';
import type { AttestInput } from '#schemas/jobs.ts';
import { FactName } from '#schemas/level.ts';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import { attestJob } from '#test/harness/attesting/attest-job.ts';
import { createSigning } from '#services/signing/create-signing.ts';
import { freshSigner, placeOf } from '#test/harness/attesting/signed.ts';
import { signerIdentity, workerPlace } from '#test/harness/samples/place.ts';
import {
  artifact,
  builder,
  different,
  equivalent,
  fact,
  otherBytes,
  outputOf,
  ran,
  recipe,
  report,
  reproduced,
  wheelBytes,
} from '#test/harness/samples/attest-input.ts';
import { trustKeys } from '#verify/trust.ts';
import { verifyBundle } from '#verify/verify-bundle.ts';
import { attestHandler } from '#workers/attest/handler.ts';

const kinds = Cut.shape.kind.options;

async function attest(input: AttestInput, held: readonly Uint8Array[] = [wheelBytes, otherBytes]) {
  const signer = await freshSigner();
  const place = placeOf(signer);
  const { job, objects } = await attestJob(input, held);
  const result = await attestHandler({ signing: createSigning({ signer, key: signer }), builder, place })(
    job,
  );
  const bundles = new Map(
    result.outcome === 'attested'
      ? result.attestations.map((item) => [item.predicateType, objects.get(item.bundle?.digest.sha256 ?? '')])
      : [],
  );
  return { result, bundles, signer, objects };
}

describe('what is signed', () => {
  test('of a reproduced artifact both statements are about it and verify with the published key', async () => {
    const { result, bundles, signer } = await attest(reproduced);
    expect(result).toMatchObject({ outcome: 'attested', level: 'SLSA_BUILD_LEVEL_1' });
    const builderIds = idsOfDeployment(builder.id);
    const trust = trustKeys([{ publicKeyPem: signer.publicKeyPem, builderIds }]);
    for (const type of [provenancePredicateType, comparisonPredicateType]) {
      const bundleBytes = bundles.get(type) ?? new Uint8Array();
      const expectation = { predicateTypes: [type], builderId: `${builder.id}/bubblewrap` };
      const verdict = verifyBundle({
        bundleBytes,
        artifactSha256: artifact.digest.sha256,
        trust,
        expect: expectation,
      });
      expect(verdict).toMatchObject({ verified: true });
    }
  });

  test('of an equivalent one the provenance is of the output, and the artifact has no level', async () => {
    const { result } = await attest(equivalent);
    expect(result).toMatchObject({
      outcome: 'attested',
      level: 'SLSA_BUILD_LEVEL_0',
      attestations: [
        { predicateType: provenancePredicateType, subject: outputOf(otherBytes).digest },
        { predicateType: comparisonPredicateType, subject: artifact.digest },
      ],
    });
  });

  test.each(kinds.filter((kind) => !couldHide({ kind })))(
    'one whose report has something %s is equivalent all the same',
    async (kind) => {
      const many = { ...report('equivalent', otherBytes), cut: [{ kind, detail: 'a bound was reached' }] };
      const { result } = await attest({ ...equivalent, comparisons: [many, many] });
      expect(result).toMatchObject({ outcome: 'attested' });
    },
  );

  test.each(['build-failed', 'unsupported', 'inconclusive'] as const)(
    'the verdict %s is signed too, without provenance',
    async (kind) => {
      const { output: _, ...rest } = reproduced;
      const input = { ...rest, verdict: { ...rest.verdict, kind } };
      const { result } = await attest(input, [wheelBytes]);
      expect(result).toMatchObject({
        outcome: 'attested',
        level: 'SLSA_BUILD_LEVEL_0',
        attestations: [{ predicateType: comparisonPredicateType, subject: artifact.digest }],
      });
    },
  );

  test('where no artifact was found nothing is signed', async () => {
    const { artifact: _, output: __, ...rest } = reproduced;
    const { result } = await attest({ ...rest, verdict: { ...rest.verdict, kind: 'inconclusive' } });
    expect(result).toEqual({ outcome: 'attested', attestations: [], level: 'SLSA_BUILD_LEVEL_0' });
  });

  test('the builder is the deployment in the isolation mode of the attempt, or in none', async () => {
    const inDocker = { ...ran, sandbox: { ...ran.sandbox, kind: 'docker' as const, runtime: 'runsc, 28' } };
    const { output: _, ran: __, ...rest } = reproduced;
    const unsupported = { ...rest, verdict: { ...rest.verdict, kind: 'unsupported' as const } };
    for (const [input, mode] of [
      [reproduced, 'bubblewrap'],
      [{ ...reproduced, ran: inDocker }, 'docker-runsc'],
      [unsupported, 'none'],
    ] as const) {
      const { bundles } = await attest(input);
      const bundle = JSON.parse(Buffer.from(bundles.get(comparisonPredicateType) ?? []).toString());
      const statement = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString());
      expect(statement.predicate.builder.id).toBe(`${builder.id}/${mode}`);
    }
  });

  test('tried again, the statements are the same byte for byte', async () => {
    const payload = (bytes: Uint8Array | undefined): string =>
      JSON.parse(Buffer.from(bytes ?? []).toString()).dsseEnvelope.payload;
    const signer = await freshSigner();
    const handler = attestHandler({
      signing: createSigning({ signer, key: signer }),
      builder,
      place: placeOf(signer),
    });
    const payloads: string[][] = [];
    for (let run = 0; run < 2; run += 1) {
      const { job, objects } = await attestJob(reproduced, [wheelBytes]);
      const result = await handler(job);
      if (result.outcome !== 'attested') throw new Error(result.outcome);
      payloads.push(
        result.attestations.map(({ bundle }) => payload(objects.get(bundle?.digest.sha256 ?? ''))),
      );
    }
    expect(payloads[0]).toHaveLength(2);
    expect(payloads[1]).toEqual(payloads[0]);
  });

  test('nothing is signed after the lease was lost', async () => {
    const signer = await freshSigner();
    const { job, objects } = await attestJob(reproduced, [wheelBytes], AbortSignal.abort());
    const place = placeOf(signer);
    await expect(
      attestHandler({ signing: createSigning({ signer, key: signer }), builder, place })(job),
    ).rejects.toThrow();
    expect(objects.size).toBe(1);
  });
});

describe('the level', () => {
  const rest = [
    fact('separate-processes', true),
    fact('separate-users', true),
    fact('ephemeral', true),
    fact('isolated', true),
    fact('network-recorded', true),
    fact('cache-content-addressed', true),
  ];

  test('is what the facts of the control plane and of the attester itself make it', async () => {
    const { result } = await attest({ ...reproduced, facts: [fact('hosted', true), ...rest] });
    expect(result).toMatchObject({ level: 'SLSA_BUILD_LEVEL_3' });
  });

  test('is 1 where nobody declared the place hosted, whatever the build says of itself', async () => {
    const liar = { ...ran, facts: [fact('hosted', true), fact('key-out-of-reach', true), ...rest] };
    const { result } = await attest({ ...reproduced, ran: liar });
    expect(result).toMatchObject({ level: 'SLSA_BUILD_LEVEL_1' });
  });

  test('does not take the word of what runs builds that the key is out of its reach', async () => {
    const { place: _, ...placeless } = ran;
    const claimed = [...rest, ...FactName.options.map((name) => fact(name, true))];
    const input = {
      ...reproduced,
      ran: { ...placeless, facts: claimed },
      facts: [fact('hosted', true), ...rest],
    };
    expect((await attest(input)).result).toMatchObject({ level: 'SLSA_BUILD_LEVEL_2' });
  });

  test('falls where the rebuild worker reached a canary, or runs as the signer', async () => {
    const facts = [fact('hosted', true), ...rest];
    const [first, ...others] = workerPlace.canaries;
    if (!first) throw new Error('the sample has no canary');
    const reached = { ...workerPlace, canaries: [{ ...first, read: true }, ...others] };
    const same = { ...workerPlace, identity: signerIdentity };
    for (const place of [reached, same]) {
      const input = { ...reproduced, ran: { ...ran, place }, facts };
      expect((await attest(input)).result).toMatchObject({ level: 'SLSA_BUILD_LEVEL_2' });
    }
  });

  test('is stated with every fact and its evidence', async () => {
    const { bundles } = await attest(reproduced);
    const envelope = JSON.parse(
      Buffer.from(bundles.get(comparisonPredicateType) ?? []).toString(),
    ).dsseEnvelope;
    const { predicate } = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
    expect(predicate.level).toBe('SLSA_BUILD_LEVEL_1');
    expect(predicate.facts).toHaveLength(FactName.options.length);
    expect(predicate.facts).toContainEqual({
      name: 'hosted',
      value: null,
      basis: 'measured',
      evidence: 'nothing was measured or declared',
    });
  });
});

describe('what contradicts the bytes is refused, never signed', () => {
  const cut = (kind: CutKind): Comparison => ({
    ...report('equivalent', otherBytes),
    cut: [{ kind, detail: 'a bound was reached' }],
  });
  const noPass = { ...report('equivalent', otherBytes), passes: [] };
  const elsewhere = report('equivalent', Buffer.from('other files'));
  const identical = report('identical', otherBytes);
  const served = { uri: 'https://files.example/x', sha256: artifact.digest.sha256, kind: 'file' };
  const kind = (input: AttestInput, name: AttestInput['verdict']['kind']): AttestInput => ({
    ...input,
    verdict: { ...input.verdict, kind: name },
  });
  const without = (input: AttestInput, ...names: (keyof AttestInput)[]): AttestInput =>
    Object.fromEntries(
      Object.entries(input).filter(([name]) => !names.includes(name as never)),
    ) as AttestInput;

  const cases: [string, AttestInput, string][] = [
    ['reproduced with two digests', kind(equivalent, 'reproduced'), 'digests differ'],
    ['reproduced without an output', without(reproduced, 'output'), 'no two files'],
    ['reproduced without a recipe', without(reproduced, 'recipe'), 'no recipe'],
    ['reproduced without a run', without(reproduced, 'ran'), 'no recipe and no run'],
    ['reproduced without an artifact', without(reproduced, 'artifact', 'output'), 'no artifact'],
    ['different of equal files', { ...different, output: outputOf(wheelBytes) }, 'same digest'],
    ['equivalent of equal files', { ...equivalent, output: outputOf(wheelBytes) }, 'same digest'],
    [
      'equivalent by one reader',
      { ...equivalent, comparisons: [report('equivalent', otherBytes)] },
      'needs two',
    ],
    ['equivalent by no reader', { ...equivalent, comparisons: [] }, 'no reader'],
    [
      'equivalent by readers that disagree',
      { ...equivalent, comparisons: [report('equivalent', otherBytes), cut('unlisted')] },
      'disagree',
    ],
    ...kinds
      .filter((which) => couldHide({ kind: which }))
      .map((which): [string, AttestInput, string] => [
        `equivalent where the readers left something ${which}`,
        { ...equivalent, comparisons: [cut(which), cut(which)] },
        'did not read all',
      ]),
    ['equivalent with nothing set aside', { ...equivalent, comparisons: [noPass, noPass] }, 'no pass'],
    [
      'equivalent by reports on other files',
      { ...equivalent, comparisons: [elsewhere, elsewhere] },
      'other files',
    ],
    [
      'equivalent where a reader says different',
      { ...equivalent, comparisons: different.comparisons },
      'different',
    ],
    ['different where the reader says identical', { ...different, comparisons: [identical] }, 'identical'],
    ['different by no reader', { ...different, comparisons: [] }, 'no reader'],
    ['build-failed with an output', kind(equivalent, 'build-failed'), 'there is an output'],
    ['unsupported with an output', kind(equivalent, 'unsupported'), 'there is an output'],
    ['an output of another size', { ...reproduced, output: { ...outputOf(wheelBytes), size: 1 } }, 'output'],
    ['an artifact of another size', { ...reproduced, artifact: { ...artifact, size: 1 } }, 'artifact'],
    [
      'an output that the recipe does not name',
      { ...reproduced, recipe: { ...recipe, outputs: ['x'] } },
      'path',
    ],
    [
      'the artifact as its own source',
      { ...reproduced, recipe: { ...recipe, source: { ...recipe.source, digest: artifact.digest } } },
      'source is the artifact',
    ],
    ['a build that was served the artifact', { ...reproduced, served: [served] }, 'served the artifact'],
    [
      'files served to a recipe that reaches nothing',
      { ...reproduced, recipe: without(recipe as never, 'registry' as never) as never },
      'reach nothing',
    ],
    [
      'another root file system than the recipe pins',
      {
        ...reproduced,
        recipe: { ...recipe, environment: { ...recipe.environment, rootfs: artifact.digest } },
      },
      'pins',
    ],
  ];
  test.each(cases)('%s', async (_, input, words) => {
    const { result, objects } = await attest(input);
    expect(result).toMatchObject({ outcome: 'refused', detail: expect.stringContaining(words) });
    expect(objects.size).toBe(2);
  });

  test('bytes that are no longer held', async () => {
    expect((await attest(reproduced, [])).result).toMatchObject({ outcome: 'refused' });
  });

  test('a store that gives other bytes under the digest', async () => {
    const signer = await freshSigner();
    const { job, objects } = await attestJob(reproduced, []);
    objects.set(artifact.digest.sha256, otherBytes);
    const place = placeOf(signer);
    const result = await attestHandler({ signing: createSigning({ signer, key: signer }), builder, place })(
      job,
    );
    expect(result).toMatchObject({
      outcome: 'refused',
      detail: expect.stringContaining("attester's own digest"),
    });
  });
});
