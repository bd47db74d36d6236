import type { Artifact } from '#schemas/artifact.ts';
import { statementPayloadType, statementType, vsaPredicateType } from '#schemas/predicate-types.ts';
import { Uri, type Builder } from '#schemas/provenance-predicate.ts';
import type { Subject } from '#schemas/statement.ts';
import type { VerifiedLevel } from '#schemas/verified-level.ts';
import { slsaVersion, type VsaPredicate } from '#schemas/vsa-predicate.ts';
import { verifierIdOf } from './builder-id.ts';

export interface SummaryStatement {
  readonly _type: typeof statementType;
  readonly subject: readonly [Subject];
  readonly predicateType: typeof vsaPredicateType;
  readonly predicate: VsaPredicate;
}

/** What a verification summary says. */
export interface SummaryInput {
  readonly artifact: Artifact;
  /** The deployment that verified (`ASSAY_BUILDER_ID`), with the version of what did it. */
  readonly deployment: Builder;
  /** RFC 3339, UTC. */
  readonly timeVerified: string;
  /** sha256 of the policy as canonical JSON. */
  readonly policySha256: string;
  readonly passed: boolean;
  /** Of the artifact, where the policy was met. */
  readonly levels: readonly VerifiedLevel[];
  /** All attestations that the result rests on, by the digest of their statements. */
  readonly inputs: readonly { readonly predicateType: string; readonly sha256: string }[];
}

/** SLSA verification summary of one artifact under one policy. Deterministic. https://slsa.dev/spec/v1.2/verification_summary */
export function summaryStatement(input: SummaryInput): SummaryStatement {
  const { artifact, deployment, passed } = input;
  return {
    _type: statementType,
    subject: [{ name: artifact.file, digest: artifact.digest }],
    predicateType: vsaPredicateType,
    predicate: {
      verifier: { ...deployment, id: verifierIdOf(deployment.id) },
      timeVerified: input.timeVerified,
      resourceUri: resourceUriOf(artifact),
      policy: { uri: policyUriOf(input.policySha256), digest: { sha256: input.policySha256 } },
      inputAttestations: input.inputs.map(({ predicateType, sha256 }) => ({
        name: predicateType,
        digest: { sha256 },
        mediaType: statementPayloadType,
      })),
      verificationResult: passed ? 'PASSED' : 'FAILED',
      verifiedLevels: passed ? [...input.levels] : ['FAILED'],
      slsaVersion,
    },
  };
}

/** What an artifact is fetched by: its purl; without a good one a `pkg:generic` of its name and digest (ECMA-427). */
export function resourceUriOf({ purl, file, digest }: Pick<Artifact, 'purl' | 'file' | 'digest'>): string {
  if (Uri.safeParse(purl).success && purl !== undefined) return purl;
  return `pkg:generic/${encodeURIComponent(file.toWellFormed())}?checksum=sha256:${digest.sha256}`;
}

/** A policy is known by its digest alone: whoever has the document can tell that it is this one. */
export function policyUriOf(sha256: string): string {
  return `urn:assay:policy:sha256:${sha256}`;
}
