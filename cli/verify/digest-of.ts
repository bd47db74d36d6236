import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { AppError } from '#core/errors/app-error.ts';

/** sha256 (hex) of the file at `path`, read here and now. @throws AppError `usage` where it cannot be read */
export async function digestOf(path: string, named = path): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (cause) {
    throw new AppError('usage', `The file ${named} cannot be read.`, { cause });
  }
  return hash.digest('hex');
}
