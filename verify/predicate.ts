import { ComparisonPredicate } from '#schemas/comparison-predicate.ts';
import {
  comparisonPredicateType,
  provenancePredicateType,
  recipeBuildType,
} from '#schemas/predicate-types.ts';
import { ExternalParameters, ProvenancePredicate } from '#schemas/provenance-predicate.ts';
import type { Statement } from '#schemas/statement.ts';
import type { z } from 'zod';
import type { Checklist } from './checks.ts';

/** A predicate that matches the schema of its type. */
export type KnownPredicate =
  | { readonly type: typeof comparisonPredicateType; readonly predicate: ComparisonPredicate }
  | { readonly type: typeof provenancePredicateType; readonly predicate: ProvenancePredicate };

/** Reads the predicate of a signed statement by the schema of its type; undefined when a check failed. */
export function readPredicate(statement: Statement, list: Checklist): KnownPredicate | undefined {
  if (statement.predicateType === comparisonPredicateType) {
    const predicate = matching(ComparisonPredicate, statement.predicate, 'comparison-v1', list);
    return predicate && { type: comparisonPredicateType, predicate };
  }
  if (statement.predicateType !== provenancePredicateType) {
    list.record('predicate', false, 'a predicate type with a schema', 'none is known for this type');
    return undefined;
  }
  const definition = statement.predicate['buildDefinition'];
  const { buildType, externalParameters } = isObject(definition) ? definition : {};
  const named = typeof buildType === 'string' ? buildType : 'none';
  if (!list.record('build-type', buildType === recipeBuildType, recipeBuildType, named)) return undefined;
  const external = ExternalParameters.safeParse(externalParameters);
  const known = `only ${Object.keys(ExternalParameters.shape).join(' and ')}, as in recipe/v1`;
  const found = external.success ? 'only these' : fault(external.error);
  if (!list.record('external-parameters', external.success, known, found)) return undefined;
  const predicate = matching(ProvenancePredicate, statement.predicate, 'SLSA provenance v1', list);
  return predicate && { type: provenancePredicateType, predicate };
}

function matching<S extends z.ZodType>(
  schema: S,
  value: unknown,
  name: string,
  list: Checklist,
): z.output<S> | undefined {
  const read = schema.safeParse(value);
  const actual = read.success ? 'it does' : fault(read.error);
  return list.record('predicate', read.success, `matches ${name}`, actual) ? read.data : undefined;
}

/** First fault of a schema, with where it is. */
export function fault(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.') || 'the whole'}: ${issue.message}` : 'does not match';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
