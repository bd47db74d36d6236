import { ComparisonPredicate } from '#schemas/comparison-predicate.ts';
import {
  comparisonPredicateType,
  provenancePredicateType,
  vsaPredicateType,
} from '#schemas/predicate-types.ts';
import { ProvenancePredicate } from '#schemas/provenance-predicate.ts';
import { Statement, statementBytesMax } from '#schemas/statement.ts';
import { VsaPredicate } from '#schemas/vsa-predicate.ts';
import { canonicalJson } from '../json/canonical.ts';
import type { ComparisonStatement } from './comparison.ts';
import type { ProvenanceStatement } from './provenance.ts';
import type { SummaryStatement } from './summary.ts';

/** The bytes to be signed, or why this statement is not one that we sign. */
export type EncodedStatement =
  { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly fault: string };

/**
 * Half of a surrogate pair, as JSON.stringify escapes it (whole pairs it leaves as they are). Readers disagree what such
 * a text is, so it is not signed. RFC 8785 section 3.2.2.2
 */
const halfPair = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/;

const predicates = {
  [comparisonPredicateType]: ComparisonPredicate,
  [provenancePredicateType]: ProvenancePredicate,
  [vsaPredicateType]: VsaPredicate,
} as const;

/** Canonical JSON of a statement that was held against its schema and its bound; the last step before a signature. */
export function encodeStatement(
  statement: ComparisonStatement | ProvenanceStatement | SummaryStatement,
): EncodedStatement {
  const outer = Statement.safeParse(statement);
  const inner = predicates[statement.predicateType].safeParse(statement.predicate);
  const issue = outer.error?.issues[0] ?? inner.error?.issues[0];
  if (issue) return { ok: false, fault: `${issue.path.join('.')}: ${issue.message}`.slice(0, 500) };
  const text = canonicalJson(statement);
  if (halfPair.test(text)) return { ok: false, fault: 'a text in it is not well-formed Unicode' };
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > statementBytesMax)
    return { ok: false, fault: `it has ${bytes.length} bytes, more than the ${statementBytesMax} allowed` };
  return { ok: true, bytes };
}
