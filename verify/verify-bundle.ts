import { toSignedEntity } from '@sigstore/verify';
import {
  comparisonPredicateType,
  provenancePredicateType,
  statementPayloadType,
} from '#schemas/predicate-types.ts';
import { Statement, StatementOfMany, bundleBytesMax, statementBytesMax } from '#schemas/statement.ts';
import { parseBundle, type ParsedBundle } from './bundle.ts';
import { Checklist, type Check } from './checks.ts';
import { builderOf, checkVerdict, sentence, type Accepted } from './judge.ts';
import { fault, readPredicate, type KnownPredicate } from './predicate.ts';
import { parseStrictJson } from './strict-json.ts';
import type { Trust } from './trust.ts';

declare const verified: unique symbol;
/** A value that came out of a verification that passed. Only this file makes one. */
export type Verified<T> = T & { readonly [verified]: true };

/** What has to be so besides a good signature about the file. */
export interface Expectation {
  /** Default: the two types that Assay signs. */
  readonly predicateTypes?: readonly string[];
  readonly builderId?: string;
  /** Verdicts taken besides `reproduced`. */
  readonly accept?: readonly Accepted[];
}

export interface VerifyInput {
  readonly bundleBytes: Uint8Array;
  /** Hex, of the file's bytes as whoever verifies digested them. */
  readonly artifactSha256: string;
  readonly trust: Trust;
  readonly expect?: Expectation;
}

/** Outcome: data, never an exception. `checks` ends with the first that failed. */
export type VerifyResult =
  | {
      readonly verified: true;
      readonly checks: readonly Check[];
      readonly sentence: string;
      readonly statement: Verified<KnownPredicate>;
    }
  | { readonly verified: false; readonly checks: readonly Check[]; readonly sentence: string };

/**
 * Verifies one Sigstore bundle about one file. Pure and synchronous over the trust that it is given: no network, no
 * clock, no file. Reads as a checklist; what @sigstore/verify leaves to its caller (subject, predicate type, builder,
 * strictness) is checked here. Never throws, whatever the bytes.
 */
export function verifyBundle(input: VerifyInput): VerifyResult {
  const list = new Checklist();
  const known = runChecks(input, list);
  const { checks, failed } = list;
  if (known && !failed) {
    return {
      verified: true,
      checks,
      sentence: sentence(known),
      statement: known as Verified<KnownPredicate>,
    };
  }
  const why = failed
    ? `${failed.name}: expected ${failed.expected}; found ${failed.actual}`
    : 'nothing to check';
  return { verified: false, checks, sentence: `Not verified. ${why}.` };
}

function runChecks(
  { bundleBytes, artifactSha256, trust, expect = {} }: VerifyInput,
  list: Checklist,
): KnownPredicate | undefined {
  const bundle = readBundle(bundleBytes, list);
  if (!bundle || !checkSignature(bundle, trust, list)) return undefined;
  const statement = readStatement(bundle.payload, artifactSha256, list);
  if (!statement) return undefined;
  const types = expect.predicateTypes ?? [comparisonPredicateType, provenancePredicateType];
  const expected = types.includes(statement.predicateType);
  if (!list.record('predicate-type', expected, types.join(' or '), statement.predicateType)) return undefined;
  const known = readPredicate(statement, list);
  if (!known || !checkBuilder(builderOf(known), bundle.hint, trust, expect.builderId, list)) return undefined;
  if (
    known.type === comparisonPredicateType &&
    !checkVerdict(known.predicate, artifactSha256, expect.accept ?? [], list)
  )
    return undefined;
  return known;
}

function readBundle(bytes: Uint8Array, list: Checklist): ParsedBundle | undefined {
  const json = parseStrictJson(bytes, bundleBytesMax);
  const strict = `JSON of at most ${bundleBytesMax} bytes, no member twice`;
  if (!list.record('bundle-json', json.ok, strict, json.ok ? 'it is' : json.fault) || !json.ok)
    return undefined;
  const bundle = parseBundle(json.value);
  if ('fault' in bundle) {
    list.record(
      'bundle-format',
      false,
      'a Sigstore bundle v0.3 with one DSSE signature by a key',
      bundle.fault,
    );
    return undefined;
  }
  list.record('bundle-format', true, 'a Sigstore bundle v0.3 with one DSSE signature by a key', 'it is');
  return bundle;
}

function checkSignature(bundle: ParsedBundle, trust: Trust, list: Checklist): boolean {
  const { payloadType, hint, logEntries, timestamps } = bundle;
  if (!list.record('payload-type', payloadType === statementPayloadType, statementPayloadType, payloadType))
    return false;
  const trusted = [...trust.keys.keys()].join(' or ') || 'a trusted key (none was given)';
  if (!list.record('signer', trust.keys.has(hint), `key ${trusted}`, `key ${hint}`)) return false;
  // The library takes entries of logs and time stamps into account before the signature; we trust no log by a key.
  const none = 'none asked for: the key itself is trusted';
  const witnessed = logEntries + timestamps;
  if (witnessed > 0) {
    return list.record('witnesses', false, none, `${witnessed} that no trust was given for`);
  }
  const signed = signatureFault(bundle, trust);
  const over = 'made by that key over this payload';
  if (!list.record('signature', signed === undefined, over, signed ?? 'it is')) return false;
  return list.record('witnesses', true, none, 'no log entry and no time stamp');
}

function signatureFault({ bundle }: ParsedBundle, trust: Trust): string | undefined {
  try {
    trust.verifier.verify(toSignedEntity(bundle));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'refused';
  }
}

function readStatement(payload: Uint8Array, sha256: string, list: Checklist): Statement | undefined {
  const json = parseStrictJson(payload, statementBytesMax);
  const read = json.ok ? StatementOfMany.safeParse(json.value) : undefined;
  const actual = json.ok ? (read?.success ? 'it is' : read ? fault(read.error) : '') : json.fault;
  if (
    !list.record('statement', read?.success === true, 'in-toto Statement v1, strict JSON', actual) ||
    !read?.success
  )
    return undefined;
  const subjects = read.data.subject.length;
  if (!list.record('subject-count', subjects === 1, '1', String(subjects))) return undefined;
  const statement = Statement.safeParse(read.data);
  const subject = statement.data?.subject[0]?.digest.sha256;
  const found = subject === undefined ? 'no sha256 alone' : `sha256 ${subject}`;
  if (!list.record('subject-digest', subject === sha256, `sha256 ${sha256}`, found)) return undefined;
  return statement.data;
}

function checkBuilder(
  id: string,
  hint: string,
  trust: Trust,
  expected: string | undefined,
  list: Checklist,
): boolean {
  const allowed = trust.keys.get(hint)?.builderIds;
  const ok = (allowed === undefined || allowed.includes(id)) && (expected === undefined || expected === id);
  const limits = [allowed?.join(' or '), expected].filter((limit) => limit !== undefined);
  return list.record('builder-id', ok, limits.join(', and ') || 'any: none was named', id);
}
