import { recipeBuildType } from '#schemas/predicate-types.ts';
import { ExternalParameters, ProvenancePredicate } from '#schemas/provenance-predicate.ts';
import type { BuildType } from './build-type.ts';

/** Ours: docs/build-types/recipe-v1.md */
export const recipeV1: BuildType<ProvenancePredicate> = {
  uri: recipeBuildType,
  externalParameters: ExternalParameters,
  known: `only ${Object.keys(ExternalParameters.shape).join(' and ')}, as in recipe/v1`,
  predicate: ProvenancePredicate,
  facts: ({ buildDefinition, runDetails }) => {
    const { source, by } = buildDefinition.externalParameters.recipe;
    return {
      builderId: runDetails.builder.id,
      sources: [{ ...(source.url !== undefined && { uri: source.url }), digest: source.digest }],
      sourceKind: source.kind,
      recipeBy: by,
      finishedOn: runDetails.metadata.finishedOn,
    };
  },
};
