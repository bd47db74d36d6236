import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import type { ObjectRef } from '#schemas/digest.ts';
import type { Attestation, Stated } from '#schemas/jobs.ts';
import { statementBytesMax } from '#schemas/statement.ts';
import type { SignedBundle, Signing } from '#services/signing/signing.ts';
import type { JobContext } from '../runtime/control-client.ts';
import { digestFile } from './digest-file.ts';

type Job = JobContext<'attest'>;

/** Signed and witnessed as far as this rebuild may be told of, or the error where something is not to be had just now. */
export async function signIfPossible(
  job: Job,
  signing: Signing,
  statement: Uint8Array,
): Promise<NonNullable<Attestation['bundle']> | AppError> {
  job.signal.throwIfAborted();
  if (signing.key && job.input.withdrawnKeys.includes(signing.key.hint)) return withdrawn(signing.key.hint);
  const log = job.input.visibility === 'public';
  let signed: SignedBundle;
  try {
    signed = await signing.sign(statement, { log }, job.signal);
  } catch (error) {
    if (error instanceof AppError && error.code === 'unavailable' && !job.signal.aborted) return error;
    throw error;
  }
  const { bytes, keyHint, witnessed } = signed;
  return { ...(await uploaded(job, bytes)), witnessed, ...(keyHint === undefined ? {} : { keyHint }) };
}

function withdrawn(hint: string): AppError {
  return new AppError('unavailable', `The key ${hint} was retired or revoked: nothing is signed with it.`, {
    hint: 'Start the attester with another key.',
  });
}

/** Keeps bytes that were made here as an object of the job. */
export async function uploaded(job: Job, bytes: Uint8Array): Promise<ObjectRef> {
  return job.uploadBytes(bytes, createHash('sha256').update(bytes).digest('hex'));
}

/** The bytes under the digest that was named, by a digest of our own; undefined where they are not held. */
export async function statementBytes(job: Job, { statement }: Stated): Promise<Uint8Array | undefined> {
  const { sha256 } = statement.digest;
  const path = join(job.folder, `statement-${sha256}`);
  try {
    await job.download(sha256, path);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not-found') throw error;
    return undefined;
  }
  const { digest, size } = await digestFile(path);
  return digest.sha256 === sha256 && size <= statementBytesMax ? readFile(path) : undefined;
}
