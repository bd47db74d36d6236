import { isDeepStrictEqual } from 'node:util';
import { isKnownOnlyTo } from '#core/level/known-by.ts';
import { levelOf } from '#core/level/level-of.ts';
import type { EncodedStatement } from '#core/statement/encode.ts';
import { ComparisonPredicate } from '#schemas/comparison-predicate.ts';
import type { Stated } from '#schemas/jobs.ts';
import type { Fact } from '#schemas/level.ts';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import { ProvenancePredicate, type Builder } from '#schemas/provenance-predicate.ts';
import { Statement } from '#schemas/statement.ts';
import { factsOf } from './facts.ts';
import type { SignerPlace } from './own-facts.ts';
import { encodedComparison, encodedProvenance, type Attestable } from './statements.ts';

/** Who signs now. */
export interface Restater {
  readonly builder: Builder;
  readonly place: SignerPlace;
}

/** Makes the statement of one type once more from the input; what it takes from the stated one it has checked. */
type Restate = (predicate: unknown, input: Attestable, by: Restater) => EncodedStatement;

const restates: Readonly<Record<string, Restate>> = {
  [provenancePredicateType]: restateProvenance,
  [comparisonPredicateType]: restateComparison,
};

/**
 * Why `bytes` are not what the attester stated of this rebuild, or would not state now, as a sentence; undefined where
 * they are. Whoever hands out jobs could hand in a statement of its own making: so it is made once more from the job's
 * input, and only what cannot follow from that (the version that stated it, the facts and the level) is read from
 * `bytes`. The result has to be the same byte for byte, and no fact may be true by being stated alone.
 */
export function restatementFault(
  bytes: Uint8Array,
  stated: Stated,
  input: Attestable,
  by: Restater,
): string | undefined {
  const restate = Object.hasOwn(restates, stated.predicateType) ? restates[stated.predicateType] : undefined;
  if (!restate) return `There is nothing here that states ${stated.predicateType}.`;
  const statement = Statement.safeParse(parsed(bytes));
  if (!statement.success) return 'The bytes are no statement.';
  const { subject, predicateType, predicate } = statement.data;
  if (predicateType !== stated.predicateType) return `The statement is of the type ${predicateType}.`;
  if (subject[0]?.digest.sha256 !== stated.subject.sha256) return 'The statement is about another file.';
  const again = restate(predicate, input, by);
  if (!again.ok) return `It cannot be stated: ${again.fault}.`;
  return Buffer.compare(again.bytes, bytes) === 0
    ? undefined
    : 'Made again from what is known of the rebuild, the statement has other bytes.';
}

function restateProvenance(predicate: unknown, input: Attestable, by: Restater): EncodedStatement {
  const stated = ProvenancePredicate.safeParse(predicate);
  if (!stated.success) return { ok: false, fault: 'its predicate does not match its schema' };
  const builder = versionOf(stated.data.runDetails.builder, by.builder);
  return encodedProvenance(input, builder) ?? { ok: false, fault: 'nothing was built' };
}

function restateComparison(predicate: unknown, input: Attestable, by: Restater): EncodedStatement {
  const stated = ComparisonPredicate.safeParse(predicate);
  if (!stated.success) return { ok: false, fault: 'its predicate does not match its schema' };
  const { facts, level } = stated.data;
  const builder = versionOf(stated.data.builder, by.builder);
  const now = factsOf(input, by.place, encodedProvenance(input, builder)?.ok === true);
  const other = facts.find((fact, index) => !holds(fact, now) || nameIsBefore(facts, index));
  if (other) return { ok: false, fault: `what it says of ${other.name} is not so now` };
  if (levelOf(facts).level !== level) return { ok: false, fault: `its facts do not make it ${level}` };
  return encodedComparison(input, { builder, level, facts });
}

/** Our own builder, with the version that stated it. */
function versionOf(stated: Builder, ours: Builder): Builder {
  return { id: ours.id, ...(stated.version === undefined ? {} : { version: stated.version }) };
}

/**
 * A fact that follows from what others said has to be word for word the same. One that only the attester can know may not
 * have become true by being stated; its words tell of the place where it was stated.
 */
function holds(fact: Fact, now: readonly Fact[]): boolean {
  const same = now.find(({ name }) => name === fact.name);
  if (!isKnownOnlyTo('attester', fact.name)) return isDeepStrictEqual(same, fact);
  return fact.value !== true || same?.value === true;
}

function nameIsBefore(facts: readonly Fact[], index: number): boolean {
  return facts.slice(0, index).some(({ name }) => name === facts[index]?.name);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  } catch {
    return undefined;
  }
}
