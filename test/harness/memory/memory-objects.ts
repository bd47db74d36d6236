import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { AppError } from '#core/errors/app-error.ts';
import type { ObjectRef, Sha256 } from '#schemas/digest.ts';

/** Bytes by digest in memory, with who may read each: a subject, or `public`. */
export class MemoryObjects {
  readonly #bytes = new Map<Sha256, Buffer>();
  readonly #readers = new Map<Sha256, Set<string>>();

  async put(sha256: Sha256, source: Readable, reader: string): Promise<ObjectRef> {
    const bytes = await buffer(source);
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw new AppError('digest-mismatch', `The bytes are not sha256:${sha256}`);
    this.#bytes.set(sha256, bytes);
    this.allow(sha256, reader);
    return { digest: { sha256 }, size: bytes.length };
  }

  allow(sha256: Sha256, reader: string): void {
    this.#readers.set(sha256, (this.#readers.get(sha256) ?? new Set()).add(reader));
  }

  allows(sha256: Sha256, subject: string): boolean {
    const readers = this.#readers.get(sha256);
    return readers !== undefined && (readers.has('public') || readers.has(subject));
  }

  size(sha256: Sha256): number | undefined {
    return this.#bytes.get(sha256)?.length;
  }

  open(sha256: Sha256, range?: readonly [number, number]): { bytes: Readable; size: number } {
    const bytes = this.#bytes.get(sha256);
    if (bytes === undefined) throw new AppError('not-found', `There is no object sha256:${sha256}`);
    const [first, last] = range ?? [0, bytes.length - 1];
    return { bytes: Readable.from([bytes.subarray(first, last + 1)]), size: bytes.length };
  }
}
