import type { Artifact } from '#schemas/artifact.ts';
import type { AttestInput, AttemptFacts, Output } from '#schemas/jobs.ts';
import { provenancePredicateType, recipeBuildType, statementType } from '#schemas/predicate-types.ts';
import type { Builder, ProvenancePredicate } from '#schemas/provenance-predicate.ts';
import type { Recipe } from '#schemas/recipe.ts';
import type { Subject } from '#schemas/statement.ts';
import { resolvedDependencies } from './resolved-dependencies.ts';

export interface ProvenanceStatement {
  readonly _type: typeof statementType;
  readonly subject: readonly [Subject];
  readonly predicateType: typeof provenancePredicateType;
  readonly predicate: ProvenancePredicate;
}

/** What an output's provenance is made of. */
export interface ProvenanceInput extends Pick<
  AttestInput,
  'rebuildId' | 'invocationNonce' | 'attempt' | 'served' | 'replayOf'
> {
  readonly artifact: Pick<Artifact, 'purl' | 'file'>;
  readonly recipe: Recipe;
  readonly output: Output;
  readonly ran: AttemptFacts;
}

/** SLSA provenance v1 of an attempt's output. Deterministic: the same attempt gives the same statement. */
export function provenanceStatement(input: ProvenanceInput, builder: Builder): ProvenanceStatement {
  const { recipe, ran, output, attempt, artifact } = input;
  return {
    _type: statementType,
    subject: [{ name: output.file, digest: output.digest }],
    predicateType: provenancePredicateType,
    predicate: {
      buildDefinition: {
        buildType: recipeBuildType,
        externalParameters: {
          recipe,
          artifact: {
            ...(artifact.purl === undefined ? {} : { purl: artifact.purl }),
            file: artifact.file,
          },
        },
        internalParameters: {
          ...(attempt === undefined ? {} : { attempt }),
          limits: recipe.limits,
          sandbox: ran.sandbox,
          ...(input.replayOf === undefined ? {} : { replayOf: input.replayOf }),
        },
        resolvedDependencies: resolvedDependencies(recipe, ran, input.served),
      },
      runDetails: {
        builder,
        metadata: {
          invocationId: invocationId(input),
          startedOn: ran.startedOn,
          finishedOn: ran.finishedOn,
        },
        byproducts: ran.log
          ? [{ name: 'build.log', digest: ran.log.digest, mediaType: 'text/plain; charset=utf-8' }]
          : [],
      },
    },
  };
}

/** Unique for each rebuild even where a rebuild's id were guessed beforehand: the nonce is made when it starts. */
function invocationId({
  rebuildId,
  invocationNonce,
}: Pick<AttestInput, 'rebuildId' | 'invocationNonce'>): string {
  return `${rebuildId}/${invocationNonce}`;
}
