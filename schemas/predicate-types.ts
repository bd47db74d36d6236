/** SLSA provenance v1 of a rebuilt output. https://slsa.dev/spec/v1.2/build-provenance */
export const provenancePredicateType = 'https://slsa.dev/provenance/v1';

/** Our own: what a rebuild says of a published artifact, negative verdicts too. Schema: docs/schemas/comparison-v1.json. */
export const comparisonPredicateType = 'https://assay.dev/comparison/v1';

/** SLSA verification summary (VSA): whether an artifact met one policy. https://slsa.dev/spec/v1.2/verification_summary */
export const vsaPredicateType = 'https://slsa.dev/verification_summary/v1';

/** in-toto Statement v1. */
export const statementType = 'https://in-toto.io/Statement/v1';

export const statementPayloadType = 'application/vnd.in-toto+json';

/** How a provenance of ours is to be read: a recipe, run once in a sandbox. docs/build-types/recipe-v1.md */
export const recipeBuildType = 'https://assay.dev/build-types/recipe/v1';
