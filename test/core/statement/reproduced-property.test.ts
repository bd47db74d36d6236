import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  reproducedProperty,
  type ForeignProvenance,
  type ReproducedInput,
} from '#core/statement/reproduced-property.ts';
import { VerdictKind } from '#schemas/verdict.ts';

const sha = 'a'.repeat(64);
const other: ForeignProvenance = {
  operator: 'Example Registry',
  builderId: 'https://ci.example/runner',
  outputSha256: sha,
  namesInputs: true,
};
const input: ReproducedInput = {
  verdict: 'reproduced',
  operator: 'Assay',
  ownOutputSha256: sha,
  artifactSha256: sha,
  others: [other],
};

describe('SLSA_BUILD_REPRODUCED', () => {
  test('holds where another operator’s provenance and ours are about the same bytes', () => {
    expect(reproducedProperty(input)).toEqual({ holds: true, missing: [] });
  });

  test.each([
    ['no other provenance at all', { others: [] }, /No verified provenance by another operator/],
    ['a second builder of our own', { others: [{ ...other, operator: 'Assay' }] }, /one operator count once/],
    ['other bytes', { others: [{ ...other, outputSha256: 'b'.repeat(64) }] }, /about other bytes/],
    ['no inputs', { others: [{ ...other, namesInputs: false }] }, /what it was built from/],
    ['a match only after normalisation', { verdict: 'equivalent' as const }, /verdict is equivalent/],
    ['our provenance about other bytes', { ownOutputSha256: 'b'.repeat(64) }, /about the artifact itself/],
    ['no provenance of ours', { ownOutputSha256: undefined }, /about the artifact itself/],
    ['a policy that does not trust us', { operator: undefined }, /name this builder/],
  ])('is refused for %s, and the missing piece is named', (_, change, words) => {
    const { holds, missing } = reproducedProperty({ ...input, ...change });
    expect(holds).toBe(false);
    expect(missing.join(' ')).toMatch(words);
  });

  test('never holds without two operators, the same bytes twice and the verdict reproduced', () => {
    const digests = fc.constantFrom(sha, 'b'.repeat(64));
    const operators = fc.constantFrom('Assay', 'Example Registry', 'Third');
    const any = fc.record({
      verdict: fc.constantFrom(...VerdictKind.options),
      operator: fc.option(operators, { nil: undefined }),
      ownOutputSha256: fc.option(digests, { nil: undefined }),
      artifactSha256: digests,
      others: fc.array(
        fc.record({
          operator: operators,
          builderId: fc.constant('https://ci.example'),
          outputSha256: digests,
          namesInputs: fc.boolean(),
        }),
        { maxLength: 3 },
      ),
    });
    fc.assert(
      fc.property(any, (given) => {
        const { holds, missing } = reproducedProperty(given);
        const agreeing = [
          ...(given.ownOutputSha256 === given.artifactSha256 ? [given.operator] : []),
          ...given.others
            .filter((each) => each.outputSha256 === given.artifactSha256 && each.namesInputs)
            .map((each) => each.operator),
        ].filter((name) => name !== undefined);
        if (holds) {
          expect(given.verdict).toBe('reproduced');
          expect(new Set(agreeing).size).toBeGreaterThan(1);
        }
        expect(missing.length === 0).toBe(holds);
      }),
    );
  });
});
