import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, link, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Canary } from '#schemas/place.ts';

const nonceText = /^[0-9a-f]{64}$/;

/** Name of a canary within its folder; one of an earlier start is kept, so that what was tried before still counts. */
const canaryName = '.assay-canary';

/**
 * The nonce of the canary at `file`; undefined where no such file can be read, or something else is there. Links are not
 * followed and nothing is waited for.
 */
export async function readNonce(file: string): Promise<string | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    if (!(await handle.stat()).isFile()) return undefined;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(65), 0, 65, 0);
    const text = buffer.subarray(0, bytesRead).toString('latin1');
    return nonceText.test(text) ? text : undefined;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

export function canaryId(nonce: string): string {
  return createHash('sha256').update(nonce).digest('hex');
}

/** Device and inode of a folder as `<dev>:<ino>`; undefined where it cannot be seen. */
export async function folderId(folder: string): Promise<string | undefined> {
  const found = await stat(folder, { bigint: true }).catch(() => undefined);
  return found?.isDirectory() === true ? `${found.dev}:${found.ino}` : undefined;
}

/**
 * Lays a canary with `mode` into `folder`, or finds the one that is there.
 * @throws the system's error where the folder cannot be written or seen
 */
export async function layCanary(folder: string, place: Canary['place'], mode: number): Promise<Canary> {
  const file = join(folder, canaryName);
  let nonce = await readNonce(file);
  if (nonce === undefined) {
    const draft = `${file}.${randomBytes(8).toString('hex')}`;
    try {
      const handle = await open(draft, 'wx', mode);
      await handle.writeFile(randomBytes(32).toString('hex'));
      await handle.close();
      await chmod(draft, mode);
      // Of several attesters that share the folder one wins.
      await link(draft, file).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
    } finally {
      await rm(draft, { force: true });
    }
    nonce = await readNonce(file);
  } else await chmod(file, mode).catch(() => undefined);
  const found = await folderId(dirname(file));
  if (nonce === undefined || found === undefined) throw new Error(`${file} is not a canary of ours`);
  return { id: canaryId(nonce), place, file, folder: found };
}
