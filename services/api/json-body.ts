import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { AppError } from '#core/errors/app-error.ts';
import type { ApiEnv } from './dependencies.ts';

/** Bounds a JSON body before any of it is parsed. @throws AppError `too-large` */
export function limitBody(bytesMax: number): MiddlewareHandler<ApiEnv> {
  return bodyLimit({
    maxSize: bytesMax,
    onError: () => {
      throw new AppError('too-large', `The body is larger than ${bytesMax} bytes`);
    },
  });
}
