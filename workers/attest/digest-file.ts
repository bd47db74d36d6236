import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ObjectRef } from '#schemas/digest.ts';

/** Digest and size of the bytes at `path`, read here and now. */
export async function digestFile(path: string): Promise<ObjectRef> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { digest: { sha256: hash.digest('hex') }, size };
}
