import { z } from 'zod';
import { CheckReport } from '#schemas/check.ts';
import { Comparison } from '#schemas/comparison.ts';
import { ComparisonPredicate } from '#schemas/comparison-predicate.ts';
import { comparisonPredicateType, recipeBuildType, vsaPredicateType } from '#schemas/predicate-types.ts';
import {
  ExternalParameters,
  InternalParameters,
  ProvenancePredicate,
} from '#schemas/provenance-predicate.ts';
import { Policy } from '#schemas/policy.ts';
import { VsaPredicate } from '#schemas/vsa-predicate.ts';

/** The JSON Schemas (2020-12) that are published in docs/schemas, by file name; scripts/write-schemas.ts writes them. */
export function jsonSchemas(): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return {
    'comparison-v1.json': published(ComparisonPredicate, {
      $id: `${comparisonPredicateType}.json`,
      title: `Predicate ${comparisonPredicateType}`,
    }),
    'comparison-report-v1.json': published(Comparison, {
      $id: 'https://assay.dev/schemas/comparison-report-v1.json',
      title: 'What assay diff --format json prints',
    }),
    'check-report-v1.json': published(CheckReport, {
      $id: 'https://assay.dev/schemas/check-report-v1.json',
      title: 'What assay check --format json prints',
    }),
    'recipe-v1-external-parameters.json': published(ExternalParameters, {
      $id: `${recipeBuildType}/external-parameters.json`,
      title: `externalParameters of build type ${recipeBuildType}`,
    }),
    'recipe-v1-internal-parameters.json': published(InternalParameters, {
      $id: `${recipeBuildType}/internal-parameters.json`,
      title: `internalParameters of build type ${recipeBuildType}`,
    }),
    'recipe-v1-provenance.json': published(ProvenancePredicate, {
      $id: `${recipeBuildType}/provenance.json`,
      title: `SLSA provenance v1 of build type ${recipeBuildType}`,
    }),
    'verification-summary-v1.json': published(VsaPredicate, {
      $id: `https://assay.dev/schemas/verification-summary-v1.json`,
      title: `Predicate ${vsaPredicateType} as Assay signs it`,
    }),
    'policy-v1.json': published(Policy, {
      $id: 'https://assay.dev/schemas/policy-v1.json',
      title: 'Policy of assay verify and of verification summaries',
    }),
  };
}

function published(schema: z.ZodType, head: { $id: string; title: string }): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    // As people write it: what has a default may be left out.
    io: 'input',
    // Not a format of JSON Schema: strict validators refuse the document. The pattern beside it says the same.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'starts_with') delete jsonSchema.format;
    },
  });
  return { $schema, ...head, ...rest };
}
