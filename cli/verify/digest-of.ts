import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { AppError } from '#core/errors/app-error.ts';

/** Hex digests of one file's bytes, taken in one reading. */
export interface FileDigests {
  readonly sha256: string;
  readonly sha512: string;
}

/** Digests of the file at `path`, read here and now. @throws AppError `usage` where it cannot be read */
export async function digestsOf(path: string, named = path): Promise<FileDigests> {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')];
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      sha256.update(chunk);
      sha512.update(chunk);
    }
  } catch (cause) {
    throw new AppError('usage', `The file ${named} cannot be read.`, { cause });
  }
  return { sha256: sha256.digest('hex'), sha512: sha512.digest('hex') };
}

/** sha256 (hex) of the file at `path`, read here and now. @throws AppError `usage` where it cannot be read */
export async function digestOf(path: string, named = path): Promise<string> {
  return (await digestsOf(path, named)).sha256;
}
