import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { jsonDigest } from '#core/json/digest.ts';
import { factTable } from '#core/level/fact-table.ts';
import { statedBy } from '#core/level/known-by.ts';
import { levelOf } from '#core/level/level-of.ts';
import { builderOfAttempt } from '#core/statement/builder-id.ts';
import { comparisonStatement } from '#core/statement/comparison.ts';
import { encodeStatement } from '#core/statement/encode.ts';
import { provenanceStatement } from '#core/statement/provenance.ts';
import type { Artifact } from '#schemas/artifact.ts';
import type { DigestSet, ObjectRef } from '#schemas/digest.ts';
import type { AttestInput, Attestation, JobReport } from '#schemas/jobs.ts';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import type { Builder } from '#schemas/provenance-predicate.ts';
import type { Signing } from '#services/signing/signing.ts';
import type { JobContext, JobHandler } from '../runtime/control-client.ts';
import { contradiction, type Digested } from './contradiction.ts';
import { digestFile } from './digest-file.ts';
import { ownFacts, type SignerPlace } from './own-facts.ts';

export interface AttestDeps {
  readonly signing: Signing;
  /** The deployment; each attempt's builder is one of its isolation modes (core/statement/builder-id.ts). */
  readonly builder: Builder;
  readonly place: SignerPlace;
}

/**
 * Digests artifact and output itself, refuses what contradicts them, computes the level and signs. The statements are
 * a function of the job's input: tried again, they are the same, signed anew.
 */
export function attestHandler(deps: AttestDeps): JobHandler<'attest'> {
  return async (job) => {
    const { input } = job;
    if (!input.artifact) return withoutArtifact(input);
    const digested = await digestObjects(job);
    if ('missing' in digested) return refused(digested.missing);
    const fault = contradiction(input, digested);
    if (fault !== undefined) return refused(fault);
    const builder = builderOfAttempt(deps.builder, input.ran);
    return signBoth(job, { ...input, artifact: input.artifact }, { ...deps, builder });
  };
}

async function signBoth(
  job: JobContext<'attest'>,
  input: AttestInput & { readonly artifact: Artifact },
  deps: AttestDeps,
): Promise<JobReport<'attest'>> {
  const provenance = encodedProvenance(input, deps.builder);
  const controlPlane = statedBy('control-plane', input.facts);
  const signs = {
    provenanceOfArtifact: provenance !== undefined && input.verdict.kind === 'reproduced',
    recipeSha256: provenance && input.recipe && jsonDigest(input.recipe).sha256,
  };
  const facts = factTable([
    ...controlPlane,
    ...statedBy('rebuild-worker', input.ran?.facts ?? []),
    ...ownFacts(deps.place, signs, controlPlane),
  ]);
  const { level } = levelOf(facts);
  const comparison = encodeStatement(comparisonStatement(input, { builder: deps.builder, level, facts }));
  if (!comparison.ok) return refused(`The comparison cannot be stated: ${comparison.fault}.`);
  const attestations: Attestation[] = [];
  if (provenance && input.output) {
    const { digest } = input.output;
    attestations.push(await publish(job, deps.signing, provenancePredicateType, digest, provenance));
  }
  const { digest } = input.artifact;
  attestations.push(await publish(job, deps.signing, comparisonPredicateType, digest, comparison.bytes));
  return { outcome: 'attested', attestations, level };
}

/** Undefined where nothing was built, or where it is too large to be complete: a part of it would claim too much. */
function encodedProvenance(
  input: AttestInput & { readonly artifact: Artifact },
  builder: Builder,
): Uint8Array | undefined {
  const { recipe, output, ran } = input;
  if (!recipe || !output || !ran) return undefined;
  const encoded = encodeStatement(provenanceStatement({ ...input, recipe, output, ran }, builder));
  return encoded.ok ? encoded.bytes : undefined;
}

async function publish(
  job: JobContext<'attest'>,
  signing: Signing,
  predicateType: string,
  subject: DigestSet,
  statement: Uint8Array,
): Promise<Attestation> {
  job.signal.throwIfAborted();
  const { bytes, keyHint } = await signing.sign(statement, { log: false }, job.signal);
  const bundle = await job.uploadBytes(bytes, createHash('sha256').update(bytes).digest('hex'));
  return { predicateType, subject, bundle, keyHint: keyHint ?? '' };
}

/** Downloads both sides and digests them; the client's own check of a download is not relied on. */
async function digestObjects(job: JobContext<'attest'>): Promise<Digested | { readonly missing: string }> {
  const { artifact, output } = job.input;
  const fetched: { artifact?: ObjectRef; output?: ObjectRef } = {};
  for (const [name, object] of Object.entries({ artifact, output }) as [
    'artifact' | 'output',
    ObjectRef?,
  ][]) {
    if (!object) continue;
    const path = join(job.folder, name);
    try {
      await job.download(object.digest.sha256, path);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not-found') throw error;
      return { missing: `The bytes of the ${name} are not held.` };
    }
    fetched[name] = await digestFile(path);
  }
  return fetched;
}

/** A statement needs a subject: where no artifact was found nothing is signed. */
function withoutArtifact({ verdict, output }: AttestInput): JobReport<'attest'> {
  const onBytes =
    verdict.kind === 'reproduced' || verdict.kind === 'equivalent' || verdict.kind === 'different';
  if (onBytes || output) return refused(`The verdict is ${verdict.kind}, but there is no artifact.`);
  return { outcome: 'attested', attestations: [], level: 'SLSA_BUILD_LEVEL_0' };
}

function refused(detail: string): JobReport<'attest'> {
  return { outcome: 'refused', detail };
}
