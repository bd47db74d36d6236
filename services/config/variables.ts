import { z } from '@hono/zod-openapi';

/** `host:port` or `[v6]:port`; port 0 picks a free one. Gives `{ host, port }`. */
export const listenAddress = z
  .string()
  .regex(/^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, 'must be host:port')
  .transform((text) => {
    const colon = text.lastIndexOf(':');
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
  })
  .refine(({ port }) => port <= 65_535, 'must have a port of at most 65535');

/** An absolute URL of one of `schemes` (without colon), kept as text without a trailing slash. */
export function url(...schemes: [string, ...string[]]) {
  const allowed = schemes.map((scheme) => `${scheme}://`);
  return z
    .string()
    .refine(
      (text) => URL.canParse(text) && allowed.some((start) => text.startsWith(start)),
      `must be a URL that starts with ${allowed.join(' or ')}`,
    )
    .transform((text) => text.replace(/\/+$/, ''));
}

/** A whole number in decimal within [min, max]. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  return z
    .string()
    .regex(/^\d{1,16}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);
}

/** JSON text whose content matches `schema`. */
export function json<S extends z.ZodType>(schema: S) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** An absolute path on this host. */
export const absolutePath = z.string().startsWith('/', 'must be an absolute path');

/** base64url of exactly `count` bytes. Gives the bytes. */
export function secretBytes(count: number) {
  return z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url')
    .transform((text) => Buffer.from(text, 'base64url'))
    .refine((bytes) => bytes.length === count, `must be ${count} bytes in base64url`);
}

/** pino's levels. */
export const logLevel = z
  .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
  .default('info')
  .describe('how much is logged');

/** Set by the launcher for the processes that it starts. */
export const parentPipe = z.enum(['0', '1']).default('0').describe('1: stop when stdin ends');
