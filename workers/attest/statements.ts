import { levelOf } from '#core/level/level-of.ts';
import { comparisonStatement, type StatedBy } from '#core/statement/comparison.ts';
import { encodeStatement, type EncodedStatement } from '#core/statement/encode.ts';
import { provenanceStatement } from '#core/statement/provenance.ts';
import type { Artifact } from '#schemas/artifact.ts';
import type { DigestSet } from '#schemas/digest.ts';
import type { AttestInput } from '#schemas/jobs.ts';
import type { Level } from '#schemas/level.ts';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import type { Builder } from '#schemas/provenance-predicate.ts';
import { factsOf } from './facts.ts';
import type { SignerPlace } from './own-facts.ts';

/** What a statement can be about: a rebuild for which an artifact was found. */
export type Attestable = AttestInput & { readonly artifact: Artifact };

/** A statement as it is to be signed. */
export interface MadeStatement {
  readonly predicateType: string;
  readonly subject: DigestSet;
  readonly bytes: Uint8Array;
}

/** All that is to be said of a rebuild, or why it cannot be said. */
export type Made =
  | { readonly ok: true; readonly statements: readonly MadeStatement[]; readonly level: Level }
  | { readonly ok: false; readonly fault: string };

/**
 * Provenance where something was built, and the comparison. A function of the job's input and of the signer's place:
 * tried again, it is the same.
 */
export function makeStatements(input: Attestable, builder: Builder, place: SignerPlace): Made {
  const provenance = encodedProvenance(input, builder);
  const made = provenance?.ok ? provenance.bytes : undefined;
  const facts = factsOf(input, place, made !== undefined);
  const { level } = levelOf(facts);
  const comparison = encodedComparison(input, { builder, level, facts });
  if (!comparison.ok) return { ok: false, fault: `The comparison cannot be stated: ${comparison.fault}.` };
  const statements: MadeStatement[] = [];
  if (made && input.output)
    statements.push({ predicateType: provenancePredicateType, subject: input.output.digest, bytes: made });
  statements.push({
    predicateType: comparisonPredicateType,
    subject: input.artifact.digest,
    bytes: comparison.bytes,
  });
  return { ok: true, statements, level };
}

/**
 * Undefined where nothing was built; not ok where it is too large to be complete: a part of it would claim too much.
 */
export function encodedProvenance(input: Attestable, builder: Builder): EncodedStatement | undefined {
  const { recipe, output, ran } = input;
  if (!recipe || !output || !ran) return undefined;
  return encodeStatement(provenanceStatement({ ...input, recipe, output, ran }, builder));
}

export function encodedComparison(input: Attestable, by: StatedBy): EncodedStatement {
  return encodeStatement(comparisonStatement(input, by));
}
