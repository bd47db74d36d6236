import type { z } from 'zod';
import { ComparisonPredicate } from '#schemas/comparison-predicate.ts';
import {
  comparisonPredicateType,
  provenancePredicateType,
  vsaPredicateType,
} from '#schemas/predicate-types.ts';
import type { ProvenancePredicate } from '#schemas/provenance-predicate.ts';
import { AnyVsaPredicate } from '#schemas/vsa-predicate.ts';
import type { ProvenanceFacts } from './build-types/build-type.ts';
import { buildTypeOf, knownBuildTypes } from './build-types/build-types.ts';
import type { WorkflowProvenance } from './build-types/workflow.ts';
import type { Checklist } from './checks.ts';
import type { ReadStatement } from './statement.ts';

/** Provenance of a known build type, with what it says in words that are the same for all. */
export interface KnownProvenance {
  readonly type: typeof provenancePredicateType;
  readonly buildType: string;
  readonly predicate: ProvenancePredicate | WorkflowProvenance;
  readonly facts: ProvenanceFacts;
}

/** A predicate that matches the schema of its type. */
export type KnownPredicate =
  | { readonly type: typeof comparisonPredicateType; readonly predicate: ComparisonPredicate }
  | { readonly type: typeof vsaPredicateType; readonly predicate: AnyVsaPredicate }
  | KnownProvenance;

/** Reads the predicate of a signed statement by the schema of its type; undefined when a check failed. */
export function readPredicate(statement: ReadStatement, list: Checklist): KnownPredicate | undefined {
  const { predicateType, predicate } = statement;
  if (predicateType === comparisonPredicateType) {
    const read = matching(ComparisonPredicate, predicate, 'comparison-v1', list);
    return read && { type: comparisonPredicateType, predicate: read };
  }
  if (predicateType === vsaPredicateType) {
    const read = matching(AnyVsaPredicate, predicate, 'SLSA verification summary v1', list);
    return read && { type: vsaPredicateType, predicate: read };
  }
  if (predicateType === provenancePredicateType) return readProvenance(predicate, list);
  list.record('predicate', false, 'a predicate type with a schema', 'none is known for this type');
  return undefined;
}

function readProvenance(predicate: ReadStatement['predicate'], list: Checklist): KnownProvenance | undefined {
  const definition = predicate?.['buildDefinition'];
  const { buildType, externalParameters } = isObject(definition) ? definition : {};
  const type = buildTypeOf(buildType);
  const named = typeof buildType === 'string' ? buildType : 'none';
  if (!list.record('build-type', type !== undefined, knownBuildTypes, named) || !type) return undefined;
  const external = type.externalParameters.safeParse(externalParameters);
  const found = external.success ? 'only these' : fault(external.error);
  if (!list.record('external-parameters', external.success, type.known, found)) return undefined;
  const read = matching(type.predicate, predicate, 'SLSA provenance v1', list);
  if (read === undefined) return undefined;
  return { type: provenancePredicateType, buildType: type.uri, predicate: read, facts: type.facts(read) };
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
