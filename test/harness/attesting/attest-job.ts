import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { AppError } from '#core/errors/app-error.ts';
import type { AttestInput } from '#schemas/jobs.ts';
import type { JobContext } from '#workers/runtime/control-client.ts';
import { scratchFolder } from './signed.ts';

/** A lease on an attest job over objects held in a map. `objects` has what was uploaded, too. */
export async function attestJob(
  input: AttestInput,
  held: readonly Uint8Array[],
  signal: AbortSignal = new AbortController().signal,
): Promise<{ job: JobContext<'attest'>; objects: Map<string, Uint8Array> }> {
  const objects = new Map(held.map((bytes) => [sha256(bytes), bytes]));
  const job: JobContext<'attest'> = {
    jobId: '11111111-2222-4333-8444-555555555555',
    rebuildId: input.rebuildId,
    fence: 1,
    input,
    signal,
    folder: await scratchFolder(),
    progress: () => undefined,
    download: async (digest, path) => {
      const bytes = objects.get(digest);
      if (!bytes) throw new AppError('not-found', 'There is no such object.');
      await writeFile(path, bytes);
      return { digest: { sha256: digest }, size: bytes.length };
    },
    upload: () => Promise.reject(new Error('the attester uploads no files')),
    uploadBytes: async (bytes, digest) => {
      if (!(bytes instanceof Uint8Array) || sha256(bytes) !== digest) throw new Error('digest-mismatch');
      objects.set(digest, bytes);
      return { digest: { sha256: digest }, size: bytes.length };
    },
  };
  return { job, objects };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
