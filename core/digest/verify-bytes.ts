import { createHash } from 'node:crypto';
import { AppError } from '#core/errors/app-error.ts';
import type { Sha256 } from '#schemas/digest.ts';

export interface VerifiedBytes {
  /** How many bytes have passed. */
  readonly size: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * `source` passed on chunk by chunk; it ends in an error, not in an end, unless the bytes were those that `sha256` names.
 * So whoever takes what it reads for whole only at the end never takes anything else.
 * @throws AppError `too-large` at the first byte too many, `digest-mismatch`, `unavailable` where the source broke off
 */
export function verifyBytes(
  source: AsyncIterable<Uint8Array>,
  sha256: Sha256,
  sizeMax: number,
): VerifiedBytes {
  let size = 0;
  async function* pass(): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    for await (const chunk of unbroken(source)) {
      size += chunk.byteLength;
      if (size > sizeMax) throw new AppError('too-large', `the object is larger than ${sizeMax} bytes`);
      hash.update(chunk);
      yield chunk;
    }
    const actual = hash.digest('hex');
    if (actual !== sha256) {
      throw new AppError('digest-mismatch', `the bytes have sha256 ${actual}, not ${sha256}`);
    }
  }
  return {
    get size() {
      return size;
    },
    bytes: pass(),
  };
}

async function* unbroken(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('unavailable', 'the bytes of the object broke off before their end', { cause: error });
  }
}
