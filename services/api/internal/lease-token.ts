import type { Context } from 'hono';
import { AppError } from '#core/errors/app-error.ts';
import { z } from '@hono/zod-openapi';
import { Sha256 } from '#schemas/digest.ts';
import { bearerToken } from '../bearer.ts';
import type { ApiEnv } from '../dependencies.ts';

/** The lease's token of a request by a worker that holds a job. */
export function leaseToken(c: Context<ApiEnv>): string {
  return bearerToken(c.req.header('authorization'));
}

/** @throws AppError `invalid-request` */
export function jobIdOf(c: Context<ApiEnv>): string {
  return parsed(z.uuid(), c.req.param('id'));
}

/** The hex digits of the path's `sha256:<hex>`. @throws AppError `invalid-request` */
export function sha256Of(c: Context<ApiEnv>): Sha256 {
  return parsed(Sha256, c.req.param('digest')?.replace(/^sha256:/, ''));
}

/** `value` as the schema has it. @throws AppError `invalid-request` */
export function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new AppError('invalid-request', z.prettifyError(read.error).slice(0, 2000));
}

/** The JSON body. @throws AppError `invalid-request` */
export async function jsonOf(c: Context<ApiEnv>): Promise<unknown> {
  try {
    return await c.req.json();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid-request', 'The body is not JSON that can be read', { cause });
  }
}
