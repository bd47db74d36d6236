import { beforeAll, describe, expect, test } from 'vitest';
import { comparisonStatement } from '#core/statement/comparison.ts';
import { couldHide } from '#schemas/could-hide.ts';
import { Cut, type CutKind } from '#schemas/cut.ts';
import type { KeySigner } from '#services/signing/signer.ts';
import { freshSigner, signedJson } from '#test/harness/attesting/signed.ts';
import {
  artifact,
  builder,
  different,
  equivalent,
  otherBytes,
  report,
} from '#test/harness/samples/attest-input.ts';
import { trustKeys } from '#verify/trust.ts';
import { verifyBundle } from '#verify/verify-bundle.ts';

const by = { builder, level: 'SLSA_BUILD_LEVEL_0' as const, facts: [] };
const kinds = Cut.shape.kind.options;
let signer: KeySigner;
beforeAll(async () => {
  signer = await freshSigner();
});

/** A statement about files that are equivalent, with these members of the predicate and of its comparison. */
async function verify(predicate: object, comparison: object) {
  const stated = comparisonStatement(equivalent, by);
  const changed = { ...stated.predicate, ...predicate };
  const bundleBytes = await signedJson(
    { ...stated, predicate: { ...changed, comparison: { ...stated.predicate.comparison, ...comparison } } },
    signer,
  );
  return verifyBundle({
    bundleBytes,
    artifactSha256: artifact.digest.sha256,
    trust: trustKeys([{ publicKeyPem: signer.publicKeyPem, builderIds: [builder.id] }]),
    expect: { accept: ['equivalent'] },
  });
}

function failing(result: Awaited<ReturnType<typeof verify>>): string | undefined {
  return result.checks.find(({ ok }) => !ok)?.name;
}

const cut = (kind: CutKind) => ({ kind, detail: 'a bound was reached' });

describe('a signed comparison', () => {
  test.each([1, 2])('of version %i is still believed, whose cuts are texts', async (schemaVersion) => {
    const texts = ['differences: 10000 of 12000 are listed'];
    expect(await verify({ schemaVersion }, { cut: texts })).toMatchObject({ verified: true });
  });

  test.each([1, 2])('of version %i has no member that came later', async (schemaVersion) => {
    expect(failing(await verify({ schemaVersion }, { cut: [cut('unlisted')] }))).toBe('predicate');
    expect(failing(await verify({ schemaVersion }, { withoutSignatures: 'identical' }))).toBe('predicate');
  });

  test('of the present version has cuts with a kind, and a version to come is not guessed at', async () => {
    expect(failing(await verify({}, { cut: ['differences: 10000 of 12000 are listed'] }))).toBe('predicate');
    expect(failing(await verify({ schemaVersion: 4 }, {}))).toBe('predicate');
  });

  test.each(kinds.filter((kind) => !couldHide({ kind })))(
    'that is equivalent is believed where something was %s',
    async (kind) => {
      expect(await verify({}, { cut: [cut(kind)] })).toMatchObject({ verified: true });
    },
  );

  test.each(kinds.filter((kind) => couldHide({ kind })))(
    'that is equivalent contradicts itself where something was %s, whoever signed it',
    async (kind) => {
      expect(failing(await verify({}, { cut: [cut('unlisted'), cut(kind)] }))).toBe('verdict');
    },
  );

  test.each(['identical', 'equivalent'] as const)(
    'of different files says that they are %s but for their signatures',
    (withoutSignatures) => {
      const comparisons = [{ ...report('different', otherBytes), withoutSignatures }];
      const { predicate } = comparisonStatement({ ...different, comparisons }, by);
      expect(predicate).toMatchObject({ schemaVersion: 3, comparison: { withoutSignatures } });
    },
  );
});
