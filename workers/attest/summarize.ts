import { createPublicKey } from 'node:crypto';
import { AppError } from '#core/errors/app-error.ts';
import { jsonDigest } from '#core/json/digest.ts';
import type { Claim } from '#core/policy/claim.ts';
import { evaluate, type PolicyResult } from '#core/policy/evaluate.ts';
import { ruleFor, signerRules, type SignerRule } from '#core/policy/signer-table.ts';
import { encodeStatement } from '#core/statement/encode.ts';
import {
  reproducedProperty as reproducedBy,
  type ReproducedResult,
} from '#core/statement/reproduced-property.ts';
import { summaryStatement } from '#core/statement/summary.ts';
import type { AttestTask, JobReport, Stated } from '#schemas/jobs.ts';
import type { Policy } from '#schemas/policy.ts';
import { provenancePredicateType, vsaPredicateType } from '#schemas/predicate-types.ts';
import type { Builder } from '#schemas/provenance-predicate.ts';
import { Statement } from '#schemas/statement.ts';
import type { SummaryOutcome } from '#schemas/summary.ts';
import { reproducedProperty } from '#schemas/verified-level.ts';
import { keyHint } from '#services/signing/signer.ts';
import type { Signing } from '#services/signing/signing.ts';
import { Checklist } from '#verify/checks.ts';
import { readPredicate } from '#verify/predicate.ts';
import { claimOf } from '#verify/stated.ts';
import type { JobContext } from '../runtime/control-client.ts';
import { identityOfSigning } from './identity-of-signing.ts';
import { restatementFault, type Restater } from './restate.ts';
import { signIfPossible, statementBytes, uploaded } from './sign-for-job.ts';
import type { Attestable } from './statements.ts';

type Job = JobContext<'attest'>;
type Task = Extract<AttestTask, { kind: 'summarize' }>;

export interface SummarizeDeps extends Restater {
  readonly signing: Signing;
  /** Of which `builder` is one isolation mode. */
  readonly deployment: Builder;
}

const missingMax = 100;

/**
 * Holds what was stated of a rebuild against a policy and signs the result, PASSED or FAILED. Each statement is first
 * made once more, as before it is signed again: a policy is never held against what the attester would not say itself.
 * @throws AppError `unavailable` where it cannot be signed just now: the job is tried again later
 */
export async function summarize(
  job: Job,
  input: Attestable,
  task: Task,
  deps: SummarizeDeps,
): Promise<JobReport<'attest'>> {
  const rules = rulesOf(task.policy);
  if (typeof rules === 'string') return { outcome: 'refused', detail: rules };
  const read: { stated: Stated; bytes: Uint8Array }[] = [];
  for (const stated of task.stated) {
    const bytes = await statementBytes(job, stated);
    const wrong = bytes ? restatementFault(bytes, stated, input, deps) : 'The statement is not held.';
    if (!bytes || wrong !== undefined)
      return { outcome: 'refused', detail: `${stated.predicateType}: ${wrong}`.slice(0, 4096) };
    read.push({ stated, bytes });
  }
  const [first] = read;
  if (!first) return { outcome: 'refused', detail: 'There is no statement to hold against the policy.' };
  const signer = await identityOfSigning(deps.signing, first.bytes, job.signal);
  // A provenance of other bytes says nothing of the artifact.
  const about = read.filter(({ stated }) => stated.subject.sha256 === input.artifact.digest.sha256);
  const ours = about.flatMap(({ bytes }) => claimIn(bytes, signer));
  // Provenance names no level of its own; ours is what the facts in the comparison give, never what a table allows.
  const level = ours.find((claim) => claim.level !== undefined)?.level ?? 'SLSA_BUILD_LEVEL_0';
  const claims = ours.map((claim) => ({ ...claim, level }));
  const result = evaluate(task.policy, rules, claims, new Date(task.askedAt));
  const reproduced = reproducedBy({
    verdict: input.verdict.kind,
    operator: ruleFor(rules, signer, deps.builder.id)?.operator,
    ownOutputSha256: read.find(({ stated }) => stated.predicateType === provenancePredicateType)?.stated
      .subject.sha256,
    artifactSha256: input.artifact.digest.sha256,
    // No provenance of others is handed to the signer yet, so that none can have been verified by it.
    others: [],
  });
  const inputs = about.map(({ stated: each }) => each);
  return signed(job, input, task, deps, { inputs, result, reproduced });
}

interface Judged {
  readonly inputs: readonly Stated[];
  readonly result: PolicyResult;
  readonly reproduced: ReproducedResult;
}

async function signed(
  job: Job,
  { artifact }: Attestable,
  task: Task,
  { deployment, signing }: SummarizeDeps,
  { inputs, result, reproduced }: Judged,
): Promise<JobReport<'attest'>> {
  const passed = result.result === 'PASSED';
  const statement = summaryStatement({
    artifact,
    deployment,
    timeVerified: task.askedAt,
    policySha256: jsonDigest(task.policy).sha256,
    passed,
    levels: [result.level, ...(reproduced.holds ? ([reproducedProperty] as const) : [])],
    inputs: inputs.map(({ predicateType, statement: { digest } }) => ({ predicateType, ...digest })),
  });
  const encoded = encodeStatement(statement);
  if (!encoded.ok) return { outcome: 'refused', detail: `The summary cannot be stated: ${encoded.fault}.` };
  const bundle = await signIfPossible(job, signing, encoded.bytes);
  if (bundle instanceof AppError) throw bundle;
  const stated = { predicateType: vsaPredicateType, subject: artifact.digest };
  const summary: SummaryOutcome = {
    result: result.result,
    verifiedLevels: statement.predicate.verifiedLevels,
    missing: result.missing.slice(0, missingMax).map(({ requirement, expected, actual }) => ({
      requirement,
      expected: cut(expected),
      actual: cut(actual),
    })),
    reproduced: { holds: reproduced.holds, missing: [...reproduced.missing] },
  };
  return {
    outcome: 'summarized',
    summary,
    attestation: { ...stated, statement: await uploaded(job, encoded.bytes), bundle },
  };
}

/** The policy's signer table, or why it cannot be read. */
function rulesOf(policy: Policy): SignerRule[] | string {
  try {
    return signerRules(policy.signers, (pem) => keyHint(createPublicKey(pem)));
  } catch {
    return 'A key in the policy is no public key in PEM.';
  }
}

/** What one statement of ours claims. It was made once more just now, so that its schema holds. */
function claimIn(bytes: Uint8Array, signer: Claim['signer']): Claim[] {
  const statement = Statement.parse(JSON.parse(Buffer.from(bytes).toString()));
  const known = readPredicate(statement, new Checklist());
  return known ? [claimOf(known, signer, [])] : [];
}

function cut(text: string): string {
  return text.slice(0, 4096);
}
