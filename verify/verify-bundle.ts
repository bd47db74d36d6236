import type { Claim } from '#core/policy/claim.ts';
import { judgeClaim, type Requirement } from '#core/policy/judge-claim.ts';
import { believedLevel } from '#core/policy/level-order.ts';
import type { Requirements } from '#core/policy/requirements.ts';
import type { SignerIdentity, SignerRule } from '#core/policy/signer-table.ts';
import type { Level } from '#schemas/level.ts';
import {
  comparisonPredicateType,
  provenancePredicateType,
  vsaPredicateType,
} from '#schemas/predicate-types.ts';
import { originFault } from './build-types/workflow-origin.ts';
import { checkBuilder, checkIdentity, rulesFor } from './check-signer.ts';
import { openBundle, type SignedPayload } from './check-signature.ts';
import { Checklist, type Check, type CheckName } from './checks.ts';
import type { Expectation } from './expectation.ts';
import { checkStatedVerdict } from './judge.ts';
import { readPredicate, type KnownPredicate } from './predicate.ts';
import { sentence } from './sentence.ts';
import type { TrustedTime } from './sigstore/verify-signature.ts';
import { checkSource } from './source.ts';
import { claimOf, statedBy } from './stated.ts';
import { readStatement } from './statement.ts';
import type { Trust } from './trust.ts';

declare const verified: unique symbol;
/** A value that came out of a verification that passed. Only this file makes one. */
export type Verified<T> = T & { readonly [verified]: true };

export interface VerifyInput {
  readonly bundleBytes: Uint8Array;
  /** Hex, of the file's bytes as whoever verifies digested them. */
  readonly artifactSha256: string;
  /** The same by sha512; needed where a statement names the file by nothing else (npm). */
  readonly artifactSha512?: string;
  readonly trust: Trust;
  readonly expect?: Expectation;
}

/** What was verified, and how far it is believed. */
export interface Believed {
  readonly statement: KnownPredicate;
  readonly signer: SignerIdentity;
  /** Who runs the signer, by the table; without one, the signer's own name. */
  readonly operator: string;
  readonly times: readonly TrustedTime[];
  /** Entries of transparency logs, each verified. */
  readonly logEntries: number;
  /** Never above what the signer is believed at most. */
  readonly level: Level;
  readonly claim: Claim;
}

/** Outcome: data, never an exception. `checks` ends with the first that failed. */
export type VerifyResult =
  | ({
      readonly verified: true;
      readonly checks: readonly Check[];
      readonly sentence: string;
    } & Verified<Believed>)
  | { readonly verified: false; readonly checks: readonly Check[]; readonly sentence: string };

/**
 * Verifies one Sigstore bundle about one file. Pure and synchronous over the trust that it is given: no network, no
 * clock, no file. Reads as a checklist; what a signature leaves open (subject, predicate type, builder, who may sign for
 * it, strictness) is checked here. Never throws, whatever the bytes.
 */
export function verifyBundle(input: VerifyInput): VerifyResult {
  const list = new Checklist();
  const believed = runChecks(input, list);
  const { checks, failed } = list;
  if (believed && !failed) {
    const said = sentence(believed.statement);
    return { verified: true, checks, sentence: said, ...(believed as Verified<Believed>) };
  }
  const why = failed
    ? `${failed.name}: expected ${failed.expected}; found ${failed.actual}`
    : 'nothing to check';
  return { verified: false, checks, sentence: `Not verified. ${why}.` };
}

const defaultTypes = [comparisonPredicateType, provenancePredicateType, vsaPredicateType];

function runChecks(input: VerifyInput, list: Checklist): Believed | undefined {
  const { trust, expect = {}, artifactSha256: sha256, artifactSha512: sha512 } = input;
  const signed = openBundle(input.bundleBytes, trust, list);
  if (!signed) return undefined;
  const named = checkIdentity(signed.signer, rulesFor(signed.signer, trust, expect), expect, list);
  if (!named) return undefined;
  const artifact = { sha256, ...(sha512 !== undefined && { sha512 }) };
  const statement = readStatement(signed.payload, artifact, list);
  if (!statement) return undefined;
  const types = expect.predicateTypes ?? defaultTypes;
  const expected = types.includes(statement.predicateType);
  if (!list.record('predicate-type', expected, types.join(' or '), statement.predicateType)) return undefined;
  const known = readPredicate(statement, list);
  if (!known || !checkOrigin(known, signed, list)) return undefined;
  const { builderId } = statedBy(known);
  const keyLimit =
    signed.signer.kind === 'public-key' ? trust.keys.get(signed.signer.hint)?.builderIds : undefined;
  const rule = checkBuilder(builderId, named, keyLimit, expect, list);
  if (!rule || !checkStatedVerdict(known, sha256, list)) return undefined;
  return checkExpectation(known, signed, rule, expect, list);
}

/** A workflow writes its own provenance: it is held against the certificate that the platform vouches for. */
function checkOrigin(known: KnownPredicate, { signer, extensions }: SignedPayload, list: Checklist): boolean {
  if (known.type !== provenancePredicateType || signer.kind !== 'certificate') return true;
  const { origin, builderId } = known.facts;
  if (!origin) return true;
  const fault = originFault(origin, builderId, extensions);
  return list.record(
    'certificate-claims',
    fault === undefined,
    'repository, ref, commit, workflow, run and builder as the certificate says',
    fault ?? 'they are',
  );
}

function checkExpectation(
  known: KnownPredicate,
  { signer, times, logEntries }: SignedPayload,
  rule: SignerRule,
  expect: Expectation,
  list: Checklist,
): Believed | undefined {
  if (expect.source && !checkSource(statedBy(known).sources, expect.source, list)) return undefined;
  if (known.type === vsaPredicateType && expect.resourceUri !== undefined) {
    const { resourceUri } = known.predicate;
    if (!list.record('resource', resourceUri === expect.resourceUri, expect.resourceUri, resourceUri))
      return undefined;
  }
  const claim = claimOf(
    known,
    signer,
    times.map(({ at }) => at),
  );
  for (const { requirement, ok, expected, actual } of judgeClaim(askedOf(expect), rule, claim, expect.now)) {
    const name = checkOf[requirement];
    if (name !== undefined && !list.record(name, ok, expected, actual)) return undefined;
    if (!ok) return undefined;
  }
  const level = believedLevel(rule.maximumLevel, claim.level);
  return { statement: known, signer, operator: rule.operator, times, logEntries, level, claim };
}

/** Signer and type have checks of their own before this; the threshold is about several bundles. */
const checkOf: Readonly<Partial<Record<Requirement, CheckName>>> = {
  verdict: 'verdict',
  passes: 'passes',
  recipe: 'recipe',
  source: 'source',
  'summary-policy': 'summary-policy',
  level: 'level',
  age: 'age',
};

function askedOf(expect: Expectation): Requirements {
  const { refusedPasses, minimumLevel, recipeBy, sources, maximumAgeMs, summaryPolicies } = expect;
  return {
    predicateTypes: expect.predicateTypes ?? defaultTypes,
    accept: ['reproduced', ...(expect.accept ?? [])],
    ...(refusedPasses && { refusedPasses }),
    ...(minimumLevel !== undefined && { minimumLevel }),
    ...(recipeBy && { recipeBy }),
    ...(sources && { sources }),
    ...(maximumAgeMs !== undefined && { maximumAgeMs }),
    ...(summaryPolicies && { summaryPolicies }),
  };
}
