import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '#core/errors/app-error.ts';
import { canonicalJson } from '#core/json/canonical.ts';
import { isKnownOnlyTo } from '#core/level/known-by.ts';
import type { AttestInput, Stated } from '#schemas/jobs.ts';
import { FactName, type Fact } from '#schemas/level.ts';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import { createSigning } from '#services/signing/create-signing.ts';
import type { Signing } from '#services/signing/signing.ts';
import { attestJob } from '#test/harness/attesting/attest-job.ts';
import { freshSigner, placeOf } from '#test/harness/attesting/signed.ts';
import {
  artifact,
  builder,
  different,
  equivalent,
  objectRef,
  otherBytes,
  reproduced,
  wheelBytes,
} from '#test/harness/samples/attest-input.ts';
import { trustKeys } from '#verify/trust.ts';
import { verifyBundle } from '#verify/verify-bundle.ts';
import { attestHandler } from '#workers/attest/handler.ts';

const signer = await freshSigner();
const present = createSigning({ signer, key: signer });
/** As where the log does not answer. */
const away: Signing = {
  ...present,
  sign: () => Promise.reject(new AppError('unavailable', 'The log cannot be reached.')),
};
const place = placeOf(signer);
const held = [wheelBytes, otherBytes];

/** Runs the attester on `input`; `more`: objects beside the two files. */
async function run(input: AttestInput, signing: Signing, more: readonly Uint8Array[] = [], by = builder) {
  const { job, objects } = await attestJob(input, [...held, ...more]);
  return { report: await attestHandler({ signing, builder: by, place })(job), objects };
}

/** What the attester states while nothing can be signed. */
async function statedOf(input: AttestInput): Promise<{ stated: Stated[]; bytes: Uint8Array[] }> {
  const { report, objects } = await run(input, away);
  if (report.outcome !== 'attested') throw new Error(report.outcome);
  expect(report.attestations.every(({ bundle }) => bundle === undefined)).toBe(true);
  const bytes = report.attestations.map(
    ({ statement }) => objects.get(statement.digest.sha256) ?? new Uint8Array(),
  );
  return { stated: report.attestations, bytes };
}

const completing = (input: AttestInput, stated: Stated[]): AttestInput => ({
  ...input,
  task: { kind: 'complete', stated },
});

const payloadOf = (bundle: Uint8Array | undefined): Buffer =>
  Buffer.from(JSON.parse(Buffer.from(bundle ?? []).toString()).dsseEnvelope.payload, 'base64');

describe('while signer or witnesses are away', () => {
  test.each([
    ['reproduced', reproduced, 2],
    ['equivalent', equivalent, 2],
    ['different', different, 2],
  ] as const)('the verdict %s is stated all the same, with no bundle', async (_, input, count) => {
    const { stated, bytes } = await statedOf(input);
    expect(stated).toHaveLength(count);
    for (const [index, { statement }] of stated.entries())
      expect(objectRef(bytes[index] ?? new Uint8Array())).toEqual(statement);
  });

  test('a completion is given back, to be tried again', async () => {
    const { stated, bytes } = await statedOf(reproduced);
    await expect(run(completing(reproduced, stated), away, bytes)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  test('what is private is signed without asking the log', async () => {
    const asked: boolean[] = [];
    const signing: Signing = {
      ...present,
      sign: (statement, ask, signal) => {
        asked.push(ask.log);
        return present.sign(statement, ask, signal);
      },
    };
    await run({ ...reproduced, visibility: 'private' }, signing);
    await run(reproduced, signing);
    expect(asked).toEqual([false, false, true, true]);
  });

  test('nothing is signed with a key that was withdrawn', async () => {
    const input = { ...reproduced, withdrawnKeys: [signer.hint] };
    const { report, objects } = await run(input, present);
    expect(report).toMatchObject({ outcome: 'attested' });
    expect(JSON.stringify(report)).not.toContain('bundle');
    expect([...objects.values()].some((bytes) => Buffer.from(bytes).includes('dsseEnvelope'))).toBe(false);
    const { stated, bytes } = await statedOf(reproduced);
    await expect(
      run({ ...completing(reproduced, stated), withdrawnKeys: [signer.hint] }, present, bytes),
    ).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining(signer.hint) });
  });
});

describe('a completion', () => {
  test.each([
    ['reproduced', reproduced],
    ['equivalent', equivalent],
    ['different', different],
  ] as const)('of %s signs the very bytes that were stated', async (_, input) => {
    const { stated, bytes } = await statedOf(input);
    const { report, objects } = await run(completing(input, stated), present, bytes);
    if (report.outcome !== 'completed') throw new Error(JSON.stringify(report));
    expect(report.attestations.map(({ statement }) => statement)).toEqual(
      stated.map(({ statement }) => statement),
    );
    for (const [index, { bundle }] of report.attestations.entries())
      expect(Buffer.compare(payloadOf(objects.get(bundle.digest.sha256)), bytes[index] ?? Buffer.of())).toBe(
        0,
      );
  });

  test('verifies as if it had been signed at once', async () => {
    const { stated, bytes } = await statedOf(reproduced);
    const { report, objects } = await run(completing(reproduced, stated), present, bytes);
    const trust = trustKeys([{ publicKeyPem: signer.publicKeyPem }]);
    if (report.outcome !== 'completed') throw new Error(report.outcome);
    for (const { bundle, predicateType } of report.attestations)
      expect(
        verifyBundle({
          bundleBytes: objects.get(bundle.digest.sha256) ?? new Uint8Array(),
          artifactSha256: artifact.digest.sha256,
          trust,
          expect: { predicateTypes: [predicateType], builderId: `${builder.id}/bubblewrap` },
        }),
      ).toMatchObject({ verified: true });
  });

  test('by a later version of ours keeps the version that stated it', async () => {
    const { stated, bytes } = await statedOf(reproduced);
    const later = { ...builder, version: { assay: '9.9.9' } };
    const { report } = await run(completing(reproduced, stated), present, bytes, later);
    expect(report).toMatchObject({ outcome: 'completed', attestations: [{}, {}] });
  });

  test('signs what it can where one of several statements is not held', async () => {
    const { stated, bytes } = await statedOf(reproduced);
    const { report } = await run(completing(reproduced, stated), present, bytes.slice(0, 1));
    expect(report).toMatchObject({
      outcome: 'completed',
      attestations: [{ predicateType: provenancePredicateType }],
    });
  });
});

describe('a completion never signs what the attester did not state', () => {
  /** `change` of the stated comparison, handed in as if it had been stated. */
  async function forged(change: (statement: Forgeable) => void, input = reproduced) {
    const { bytes } = await statedOf(input);
    const statement = JSON.parse(Buffer.from(bytes[1] ?? []).toString()) as Forgeable;
    change(statement);
    const made = Buffer.from(canonicalJson(statement));
    const stated = {
      predicateType: comparisonPredicateType,
      subject: statement.subject[0]?.digest ?? artifact.digest,
      statement: objectRef(made),
    };
    return run(completing(input, [stated]), present, [made]);
  }
  interface Forgeable {
    subject: { name: string; digest: { sha256: string } }[];
    predicate: {
      builder: { id: string };
      verdict: { kind: string; detail: string };
      level: string;
      facts: { name: string; value: boolean | null; evidence: string }[];
      [other: string]: unknown;
    };
  }

  const forgeries: [string, (statement: Forgeable) => void][] = [
    [
      'another verdict',
      ({ predicate }) => {
        predicate.verdict.kind = 'equivalent';
      },
    ],
    [
      'another file',
      ({ subject }) => {
        subject[0] = { name: 'x', digest: objectRef(otherBytes).digest };
      },
    ],
    [
      'a higher level',
      ({ predicate }) => {
        predicate.level = 'SLSA_BUILD_LEVEL_3';
      },
    ],
    [
      'a fact that is not so',
      ({ predicate }) => {
        for (const fact of predicate.facts) if (fact.name === 'hosted') fact.value = true;
        predicate.level = 'SLSA_BUILD_LEVEL_2';
      },
    ],
    [
      'other words about what others established',
      ({ predicate }) => {
        for (const fact of predicate.facts) if (fact.name === 'ephemeral') fact.evidence = 'Trust me.';
      },
    ],
    [
      'a fact told twice',
      ({ predicate }) => {
        predicate.facts.push(...predicate.facts.slice(0, 1));
      },
    ],
    [
      'every fact made true',
      ({ predicate }) => {
        for (const fact of predicate.facts) fact.value = true;
        predicate.level = 'SLSA_BUILD_LEVEL_3';
      },
    ],
    [
      'another builder',
      ({ predicate }) => {
        predicate.builder.id = 'https://other.example/builder/bubblewrap';
      },
    ],
    [
      'another sentence',
      ({ predicate }) => {
        predicate.verdict.detail = 'Trust me.';
      },
    ],
    [
      'a member more',
      ({ predicate }) => {
        predicate['more'] = 1;
      },
    ],
  ];
  test.each(forgeries)('such as one with %s', async (_, change) => {
    const { report, objects } = await forged(change);
    expect(report).toMatchObject({ outcome: 'refused' });
    expect(objects.size).toBe(held.length + 1);
  });

  test('unchanged in the same harness, it is signed', async () => {
    expect((await forged(() => undefined)).report).toMatchObject({ outcome: 'completed' });
  });

  test('whatever byte is changed', async () => {
    const { stated, bytes } = await statedOf(reproduced);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(1), async (at, xor, which) => {
        const made = Buffer.from(bytes[which] ?? []);
        const index = at % made.length;
        made[index] = (made[index] ?? 0) ^ xor;
        const forgery = { ...stated[which], statement: objectRef(made) } as Stated;
        const { report } = await run(completing(reproduced, [forgery]), present, [made]);
        // Which of our versions stated it, and in which words of its own place, is told by the statement alone.
        if (claimsOf(made) !== claimsOf(bytes[which] ?? Buffer.of())) expect(report.outcome).toBe('refused');
      }),
      { numRuns: 300 },
    );
  });

  /** The statement without the version of its builder and the words about the attester's own place. */
  function claimsOf(bytes: Uint8Array): string {
    const text = Buffer.from(bytes).toString('latin1');
    try {
      return JSON.stringify(JSON.parse(text), (key, value: unknown) => {
        if (key === 'version') return undefined;
        if (key !== 'facts' || !Array.isArray(value)) return value;
        return (value as Fact[]).map((fact) =>
          Object.hasOwn(FactName.enum, fact.name) && isKnownOnlyTo('attester', fact.name)
            ? { ...fact, evidence: typeof fact.evidence, basis: typeof fact.basis }
            : fact,
        );
      });
    } catch {
      return text;
    }
  }

  test('a statement of a type that is not ours', async () => {
    const { stated, bytes } = await statedOf(reproduced);
    const other = { ...stated[1], predicateType: 'https://example.com/other' } as Stated;
    const { report } = await run(completing(reproduced, [other]), present, bytes);
    expect(report).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('nothing here') });
  });

  test('a statement under the name of the other type', async () => {
    const { stated, bytes } = await statedOf(reproduced);
    const swapped = { ...stated[0], predicateType: comparisonPredicateType } as Stated;
    const { report } = await run(completing(reproduced, [swapped]), present, bytes);
    expect(report).toMatchObject({ outcome: 'refused' });
  });

  test('where the bytes have come to contradict the verdict', async () => {
    const { stated, bytes } = await statedOf(reproduced);
    const input = {
      ...completing(reproduced, stated),
      served: [{ uri: 'u', sha256: artifact.digest.sha256, kind: 'file' }],
    };
    const { report } = await run(input, present, bytes);
    expect(report).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('served') });
  });
});
