import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Canary, CanaryTry } from '#schemas/place.ts';
import { canaryId, folderId, readNonce } from './canary-file.ts';

/** Tries, as this process, what no process that runs builds should be able to do: to read a canary, to write beside it. */
export async function tryCanaries(canaries: readonly Canary[]): Promise<CanaryTry[]> {
  return Promise.all(
    canaries.map(async ({ id, file, folder }) => {
      const nonce = await readNonce(file);
      const read = nonce !== undefined && canaryId(nonce) === id;
      return { id, from: 'worker' as const, read, write: await canWrite(dirname(file), folder) };
    }),
  );
}

/** Whether a file can be made in that very folder: another one of the same path does not count. */
async function canWrite(folder: string, id: string): Promise<boolean> {
  if ((await folderId(folder)) !== id) return false;
  const file = join(folder, `.assay-reach-${randomBytes(8).toString('hex')}`);
  try {
    await (await open(file, 'wx', 0o600)).close();
    return true;
  } catch {
    return false;
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}
