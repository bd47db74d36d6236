import { join } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { builderOfAttempt } from '#core/statement/builder-id.ts';
import type { ObjectRef } from '#schemas/digest.ts';
import type { AttestInput, Attestation, CompletedAttestation, JobReport, Stated } from '#schemas/jobs.ts';
import type { Signing } from '#services/signing/signing.ts';
import type { JobContext, JobHandler } from '../runtime/control-client.ts';
import { contradiction, type Digested } from './contradiction.ts';
import { digestFile } from './digest-file.ts';
import { restatementFault, type Restater } from './restate.ts';
import { signIfPossible, statementBytes, uploaded } from './sign-for-job.ts';
import { makeStatements, type Attestable } from './statements.ts';
import { summarize } from './summarize.ts';

/** `builder` is the deployment; each attempt's builder is one of its isolation modes (core/statement/builder-id.ts). */
export interface AttestDeps extends Restater {
  readonly signing: Signing;
}

type Job = JobContext<'attest'>;

/**
 * Digests artifact and output itself, refuses what contradicts them, and does what is asked: states the verdict and signs
 * it as far as signer and witnesses are there, or signs what it stated before.
 */
export function attestHandler(deps: AttestDeps): JobHandler<'attest'> {
  return async (job) => {
    const { input } = job;
    if (!input.artifact) return withoutArtifact(input);
    const digested = await digestObjects(job);
    if ('missing' in digested) return refused(digested.missing);
    const fault = contradiction(input, digested);
    if (fault !== undefined) return refused(fault);
    const attestable = { ...input, artifact: input.artifact };
    const by = { ...deps, builder: builderOfAttempt(deps.builder, input.ran) };
    switch (input.task.kind) {
      case 'state':
        return state(job, attestable, by);
      case 'complete':
        return complete(job, attestable, input.task.stated, by);
      case 'summarize':
        return summarize(job, attestable, input.task, { ...by, deployment: deps.builder });
    }
  };
}

/** The statements are kept whatever comes; one that cannot be signed just now goes without a bundle, and is completed. */
async function state(job: Job, input: Attestable, deps: AttestDeps): Promise<JobReport<'attest'>> {
  const made = makeStatements(input, deps.builder, deps.place);
  if (!made.ok) return refused(made.fault);
  job.signal.throwIfAborted();
  const attestations = await Promise.all(
    made.statements.map(async ({ predicateType, subject, bytes }): Promise<Attestation> => {
      const stated = { predicateType, subject, statement: await uploaded(job, bytes) };
      const bundle = await signIfPossible(job, deps.signing, bytes);
      return bundle instanceof AppError ? stated : { ...stated, bundle };
    }),
  );
  return { outcome: 'attested', attestations, level: made.level };
}

/** @throws AppError `unavailable` where nothing could be completed: the job is tried again later */
async function complete(
  job: Job,
  input: Attestable,
  stated: readonly Stated[],
  deps: AttestDeps,
): Promise<JobReport<'attest'>> {
  const attestations: CompletedAttestation[] = [];
  let away: AppError | undefined;
  let fault: string | undefined;
  for (const each of stated) {
    const bytes = await statementBytes(job, each);
    const wrong = bytes ? restatementFault(bytes, each, input, deps) : 'The statement is not held.';
    if (!bytes || wrong !== undefined) {
      fault ??= `${each.predicateType}: ${wrong}`;
      continue;
    }
    const bundle = await signIfPossible(job, deps.signing, bytes);
    if (bundle instanceof AppError) away ??= bundle;
    else attestations.push({ ...each, bundle });
  }
  if (attestations.length > 0) return { outcome: 'completed', attestations };
  if (away) throw away;
  return fault === undefined ? { outcome: 'completed', attestations } : refused(fault);
}

/** Downloads both sides and digests them; the client's own check of a download is not relied on. */
async function digestObjects(job: Job): Promise<Digested | { readonly missing: string }> {
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
