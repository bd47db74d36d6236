import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builderOfAttempt, idsOfDeployment } from '#core/statement/builder-id.ts';
import { comparisonStatement } from '#core/statement/comparison.ts';
import { encodeStatement } from '#core/statement/encode.ts';
import { provenanceStatement } from '#core/statement/provenance.ts';
import { summaryStatement } from '#core/statement/summary.ts';
import type { Artifact } from '#schemas/artifact.ts';
import { Artifact as ArtifactSchema } from '#schemas/artifact.ts';
import { Sha256 } from '#schemas/digest.ts';
import { AttestInput } from '#schemas/jobs.ts';
import { Fact, Level } from '#schemas/level.ts';
import { statementBytesMax } from '#schemas/statement.ts';
import { Instant } from '#schemas/text.ts';
import { arbitraryOf } from '#test/harness/arbitrary/from-schema.ts';
import { builder } from '#test/harness/samples/attest-input.ts';
import { slsaProvenance, slsaVerificationSummary } from '#test/harness/slsa/json-schemas.ts';

const ajv = addFormats.default(new Ajv2020({ strict: true, strictRequired: false }));
const published = (name: string) =>
  ajv.compile(
    JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/schemas', name), 'utf8')) as object,
  );

/** The statement as a stranger gets it. */
const reread = (bytes: Uint8Array): { predicate: Record<string, unknown> } =>
  JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as never;

const attestInputs = arbitraryOf(AttestInput).filter(
  (input): input is AttestInput & { artifact: Artifact } => input.artifact !== undefined,
);
const stated = fc.record({ level: fc.constantFrom(...Level.options), facts: fc.array(arbitraryOf(Fact)) });

/** What an honest and a hostile report can hold; each run of the suite makes others. */
const runs = { numRuns: 250 };

describe('whatever the control plane may hand to the attester', () => {
  test('the comparison is signed as its published JSON Schema says, or refused with a reason', () => {
    const validate = published('comparison-v1.json');
    let signed = 0;
    fc.assert(
      fc.property(attestInputs, stated, (input, by) => {
        const statement = comparisonStatement(input, {
          builder: builderOfAttempt(builder, input.ran),
          ...by,
        });
        const encoded = encodeStatement(statement);
        if (!encoded.ok) {
          expect(encoded.fault).toMatch(/\S/);
          return;
        }
        signed += 1;
        expect(encoded.bytes.length).toBeLessThanOrEqual(statementBytesMax);
        const { predicate } = reread(encoded.bytes);
        expect(validate(predicate), JSON.stringify(validate.errors)).toBe(true);
        expect(idsOfDeployment(builder.id)).toContain((predicate['builder'] as { id: string }).id);
      }),
      runs,
    );
    // Were everything refused, nothing would have been shown.
    expect(signed).toBeGreaterThan(runs.numRuns / 10);
  });

  test('provenance is SLSA provenance v1 and as its published JSON Schema says, or refused with a reason', () => {
    const validate = published('recipe-v1-provenance.json');
    const slsa = ajv.compile(slsaProvenance);
    let signed = 0;
    fc.assert(
      fc.property(attestInputs, (input) => {
        const { recipe, output, ran } = input;
        fc.pre(recipe !== undefined && output !== undefined && ran !== undefined);
        const made = provenanceStatement({ ...input, recipe, output, ran }, builderOfAttempt(builder, ran));
        const encoded = encodeStatement(made);
        if (!encoded.ok) {
          expect(encoded.fault).toMatch(/\S/);
          return;
        }
        signed += 1;
        const statement = reread(encoded.bytes);
        expect(slsa(statement), JSON.stringify(slsa.errors)).toBe(true);
        expect(validate(statement.predicate), JSON.stringify(validate.errors)).toBe(true);
        const digests = new Set(
          made.predicate.buildDefinition.resolvedDependencies.map((d) => d.digest.sha256),
        );
        for (const { sha256 } of [recipe.source.digest, ran.rootfs.digest, ...input.served])
          expect(digests).toContain(sha256);
      }),
      runs,
    );
    expect(signed).toBeGreaterThan(runs.numRuns / 10);
  });

  test('a summary is an SLSA verification summary and as its published JSON Schema says', () => {
    const validate = published('verification-summary-v1.json');
    const slsa = ajv.compile(slsaVerificationSummary);
    const inputs = fc.record({
      artifact: arbitraryOf(ArtifactSchema),
      timeVerified: arbitraryOf(Instant),
      policySha256: arbitraryOf(Sha256),
      passed: fc.boolean(),
      levels: fc.constantFrom(...Level.options).map((level) => [level]),
      inputs: fc.array(fc.record({ predicateType: fc.webUrl(), sha256: arbitraryOf(Sha256) }), {
        minLength: 1,
        maxLength: 3,
      }),
    });
    let signed = 0;
    fc.assert(
      fc.property(inputs, (input) => {
        const encoded = encodeStatement(summaryStatement({ ...input, deployment: builder }));
        if (!encoded.ok) {
          expect(encoded.fault).toMatch(/\S/);
          return;
        }
        signed += 1;
        const statement = reread(encoded.bytes);
        expect(slsa(statement), JSON.stringify(slsa.errors)).toBe(true);
        expect(validate(statement.predicate), JSON.stringify(validate.errors)).toBe(true);
        expect(statement.predicate['verifiedLevels']).toEqual(input.passed ? input.levels : ['FAILED']);
      }),
      runs,
    );
    expect(signed).toBeGreaterThan(runs.numRuns / 10);
  });
});
