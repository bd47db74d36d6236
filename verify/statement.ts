import { z } from 'zod';
import {
  comparisonPredicateType,
  provenancePredicateType,
  recipeBuildType,
  statementType,
} from '#schemas/predicate-types.ts';
import { Statement, StatementOfMany, statementBytesMax } from '#schemas/statement.ts';
import type { Checklist } from './checks.ts';
import { fault } from './predicate.ts';
import { parseStrictJson } from './strict-json.ts';

/** The file that a statement has to be about, by digests (hex) that whoever verifies took of its bytes. */
export interface ArtifactDigests {
  readonly sha256: string;
  /** For statements that name their subject by nothing else, such as npm's. */
  readonly sha512?: string;
}

/** A statement about the artifact: signed, strict, its subject matched. Its predicate was not looked at. */
export interface ReadStatement {
  readonly predicateType: string;
  readonly predicate: Readonly<Record<string, unknown>> | undefined;
}

/** v0.1 differs from v1 in nothing that is read here. */
const AnyStatement = StatementOfMany.extend({
  _type: z.enum([statementType, 'https://in-toto.io/Statement/v0.1']),
  predicate: StatementOfMany.shape.predicate.nullish(),
});

/** An in-toto ResourceDescriptor of anybody; digests by algorithms that are not known here are not looked at. */
const AnySubject = z.object({ digest: z.record(z.string().max(40), z.string().max(200)) });

/** What GitHub allows; a statement that is about everything is about nothing. */
const subjectsMax = 1024;

/** Reads a signed payload as a statement about `artifact`; undefined when a check failed. */
export function readStatement(
  payload: Uint8Array,
  artifact: ArtifactDigests,
  list: Checklist,
): ReadStatement | undefined {
  const json = parseStrictJson(payload, statementBytesMax);
  const read = json.ok ? AnyStatement.safeParse(json.value) : undefined;
  const actual = json.ok ? (read?.success ? 'it is' : read ? fault(read.error) : '') : json.fault;
  const ok = list.record('statement', read?.success === true, 'in-toto Statement v1, strict JSON', actual);
  if (!ok || !read?.success) return undefined;
  const { predicateType, predicate, subject } = read.data;
  const statement = { predicateType, predicate: predicate ?? undefined };
  const max = isOurs(statement) ? 1 : subjectsMax;
  const counted = subject.length >= 1 && subject.length <= max;
  if (!list.record('subject-count', counted, max === 1 ? '1' : `1 to ${max}`, String(subject.length)))
    return undefined;
  // What we sign names its one subject by sha256 alone, in a Statement v1 without another member.
  const found =
    max === 1 && !Statement.safeParse(read.data).success ? 'no sha256 alone' : mismatch(subject, artifact);
  const expected = `sha256 ${artifact.sha256}`;
  return list.record('subject-digest', found === undefined, expected, found ?? expected)
    ? statement
    : undefined;
}

/** Statements of types that Assay defines are as Assay makes them. */
function isOurs({ predicateType, predicate }: ReadStatement): boolean {
  if (predicateType === comparisonPredicateType) return true;
  const definition = predicate?.['buildDefinition'] as { buildType?: unknown } | null | undefined;
  return predicateType === provenancePredicateType && definition?.buildType === recipeBuildType;
}

/**
 * Undefined where a subject is the artifact: by at least one digest that we can take, and by every one of those. What was
 * found instead otherwise. Subjects are matched by digest only, never by name.
 */
function mismatch(subjects: readonly unknown[], artifact: ArtifactDigests): string | undefined {
  const known = new Map([
    ['sha256', artifact.sha256],
    ...(artifact.sha512 === undefined ? [] : [['sha512', artifact.sha512] as const]),
  ]);
  let instead: string | undefined;
  let matched = false;
  for (const subject of subjects) {
    const read = AnySubject.safeParse(subject);
    if (!read.success) return `a subject that cannot be read: ${fault(read.error)}`;
    const digests = Object.entries(read.data.digest).filter(([algorithm]) => known.has(algorithm));
    const same = digests.filter(([algorithm, value]) => known.get(algorithm) === value);
    if (same.length > 0 && same.length < digests.length)
      return 'a subject with one digest of this file and one of another';
    if (same.length > 0) matched = true;
    else instead ??= digests[0]?.join(' ');
  }
  return matched ? undefined : (instead ?? 'no sha256, and no sha512 that was taken of the file');
}
