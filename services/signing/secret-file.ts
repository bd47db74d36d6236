import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from '#core/errors/app-error.ts';

/**
 * The text of a secret's file. Opened once: what was checked is what is read. `others`: whether others may be able to
 * read it, which is so for what Kubernetes projects into a pod.
 * @throws AppError `missing-component` no such file; `usage` readable by others, not a regular file, empty or too large
 */
export async function readSecretFile(
  path: string,
  bytesMax: number,
  variable: string,
  others: 'refused' | 'accepted' = 'refused',
): Promise<string> {
  let file: FileHandle;
  try {
    // Not blocking, so that a fifo in its place is refused instead of waited for.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    throw new AppError('missing-component', `${path} cannot be opened.`, {
      hint: `Set ${variable} to a file that this user can read.`,
    });
  }
  try {
    const { mode, size } = await file.stat();
    if ((mode & constants.S_IFMT) !== constants.S_IFREG || size > bytesMax || size === 0) {
      throw new AppError('usage', `${path} is not a file of 1 to ${bytesMax} bytes.`, {
        hint: `Check ${variable}.`,
      });
    }
    if (others === 'refused' && (mode & 0o077) !== 0) {
      throw new AppError('usage', `${path} can be read by others than its owner.`, {
        hint: `chmod 600 ${path}; if others may have read it, change the secret.`,
      });
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
