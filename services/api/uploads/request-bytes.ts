import { pipeline, Readable, Transform } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Context } from 'hono';
import { AppError } from '#core/errors/app-error.ts';
import type { ApiEnv } from '../dependencies.ts';

/**
 * Hands the request's body to `take` as a stream of no more than `sizeMax` bytes, whatever its headers say.
 * @throws AppError `too-large`, `interrupted` (the sender went away), and what `take` throws
 */
export async function takeBody<R>(
  c: Context<ApiEnv>,
  sizeMax: number,
  take: (bytes: Readable) => Promise<R>,
): Promise<R> {
  const declared = Number(c.req.header('content-length') ?? 0);
  if (declared > sizeMax) throw tooLarge(sizeMax);
  const body = c.req.raw.body;
  if (body === null) return take(Readable.from([]));

  let size = 0;
  let fault: AppError | undefined;
  const counter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      size += chunk.length;
      if (size <= sizeMax) return done(null, chunk);
      fault = tooLarge(sizeMax);
      return done(fault);
    },
  });
  pipeline(Readable.fromWeb(body as NodeReadableStream<Uint8Array>), counter, (error) => {
    if (error) fault ??= new AppError('interrupted', 'The upload ended before its end', { cause: error });
  });
  try {
    return await take(counter);
  } catch (error) {
    throw fault ?? error;
  } finally {
    counter.destroy();
  }
}

function tooLarge(sizeMax: number): AppError {
  return new AppError('too-large', `The object is larger than ${sizeMax} bytes`, {
    hint: 'The operator sets the limit with ASSAY_UPLOAD_BYTES_MAX.',
  });
}
