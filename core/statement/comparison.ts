import type { Artifact } from '#schemas/artifact.ts';
import type { CurrentComparisonPredicate, StatedAttempt } from '#schemas/comparison-predicate.ts';
import type { AttestInput, AttemptFacts } from '#schemas/jobs.ts';
import type { Fact, Level } from '#schemas/level.ts';
import { comparisonPredicateType, statementType } from '#schemas/predicate-types.ts';
import type { Builder } from '#schemas/provenance-predicate.ts';
import type { Recipe } from '#schemas/recipe.ts';
import type { Subject } from '#schemas/statement.ts';
import { jsonDigest } from '../json/digest.ts';
import { comparedFiles } from './compared-files.ts';

export interface ComparisonStatement {
  readonly _type: typeof statementType;
  readonly subject: readonly [Subject];
  readonly predicateType: typeof comparisonPredicateType;
  readonly predicate: CurrentComparisonPredicate;
}

/** Who says it, and how much that is worth. */
export interface StatedBy {
  readonly builder: Builder;
  readonly level: Level;
  readonly facts: readonly Fact[];
}

/** What a rebuild says of the published artifact, negative verdicts too. Deterministic. */
export function comparisonStatement(
  input: AttestInput & { readonly artifact: Artifact },
  { builder, level, facts }: StatedBy,
): ComparisonStatement {
  const { artifact, verdict, recipe, ran, output } = input;
  const onBytes =
    verdict.kind === 'reproduced' || verdict.kind === 'equivalent' || verdict.kind === 'different';
  return {
    _type: statementType,
    subject: [{ name: artifact.file, digest: artifact.digest }],
    predicateType: comparisonPredicateType,
    predicate: {
      schemaVersion: 3,
      builder,
      verdict,
      artifact: {
        ...(artifact.purl === undefined ? {} : { purl: artifact.purl }),
        file: artifact.file,
        size: artifact.size,
      },
      ...(recipe === undefined ? {} : statedRecipe(recipe, input.submitter)),
      ...(onBytes && output ? { comparison: comparedFiles(output, input.comparisons[0]) } : {}),
      ...(ran === undefined ? {} : { attempt: statedAttempt(ran, input.attempt) }),
      rebuild: { id: input.rebuildId, nonce: input.invocationNonce },
      timestamps: {
        submittedAt: input.submittedAt,
        ...(ran === undefined ? {} : { startedOn: ran.startedOn, finishedOn: ran.finishedOn }),
      },
      level,
      facts: [...facts],
    },
  };
}

/** The recipe by its digest: the complete one is in the provenance. An inferred recipe has no author but us. */
function statedRecipe(
  recipe: Recipe,
  submitter: string | undefined,
): Pick<CurrentComparisonPredicate, 'recipe' | 'source' | 'clock'> {
  const { kind, file, url, digest } = recipe.source;
  return {
    source: { kind, file, ...(url === undefined ? {} : { url }), digest },
    recipe: {
      by: recipe.by,
      digest: jsonDigest(recipe),
      ...(recipe.by === 'supplied' && submitter !== undefined ? { author: submitter } : {}),
    },
    clock: recipe.clock,
  };
}

function statedAttempt(ran: AttemptFacts, number: number | undefined): StatedAttempt {
  return {
    ...(number === undefined ? {} : { number }),
    sandbox: ran.sandbox,
    rootfs: ran.rootfs.digest,
    steps: ran.steps,
    ...(ran.log === undefined ? {} : { log: ran.log }),
  };
}
