import type { Context } from 'hono';
import type { ApiEnv } from './dependencies.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * Answers are built from plain header objects: @hono/node-server then writes them as they are, with no Headers or
 * Response object in between.
 */
export function replyJson(c: Context<ApiEnv>, status: number, value: unknown, headers?: Headers): Response {
  return replyText(c, status, JSON.stringify(value), { 'content-type': 'application/json', ...headers });
}

export function replyText(c: Context<ApiEnv>, status: number, body: string, headers: Headers): Response {
  return new Response(body, { status, headers: { ...c.get('call').headers, ...headers } });
}

export function replyEmpty(c: Context<ApiEnv>, status: number, headers?: Headers): Response {
  return new Response(null, { status, headers: { ...c.get('call').headers, ...headers } });
}

export function replyStream(
  c: Context<ApiEnv>,
  status: number,
  body: ReadableStream<Uint8Array>,
  headers: Headers,
): Response {
  return new Response(body, { status, headers: { ...c.get('call').headers, ...headers } });
}

/** Nothing of this may be kept by a cache. */
export const noStore = { 'cache-control': 'no-store' } as const;
