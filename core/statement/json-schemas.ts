import { z } from 'zod';
import { ComparisonPredicate } from '#schemas/comparison-predicate.ts';
import { comparisonPredicateType, recipeBuildType } from '#schemas/predicate-types.ts';
import { ExternalParameters, InternalParameters } from '#schemas/provenance-predicate.ts';

/** The JSON Schemas (2020-12) that are published in docs/schemas, by file name; scripts/write-schemas.ts writes them. */
export function jsonSchemas(): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return {
    'comparison-v1.json': published(ComparisonPredicate, {
      $id: `${comparisonPredicateType}.json`,
      title: `Predicate ${comparisonPredicateType}`,
    }),
    'recipe-v1-external-parameters.json': published(ExternalParameters, {
      $id: `${recipeBuildType}/external-parameters.json`,
      title: `externalParameters of build type ${recipeBuildType}`,
    }),
    'recipe-v1-internal-parameters.json': published(InternalParameters, {
      $id: `${recipeBuildType}/internal-parameters.json`,
      title: `internalParameters of build type ${recipeBuildType}`,
    }),
  };
}

function published(schema: z.ZodType, head: { $id: string; title: string }): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12' });
  return { $schema, ...head, ...rest };
}
