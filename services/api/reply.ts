import type { Context } from 'hono';
import type { Caller } from '#services/control/control-plane.ts';
import type { ApiEnv } from './dependencies.ts';

const jsonType = { 'content-type': 'application/json' } as const;

type Headers = Readonly<Record<string, string>>;

/**
 * Answers are built from plain header objects: @hono/node-server then writes them as they are, with no Headers or
 * Response object in between.
 */
export function replyJson(c: Context<ApiEnv>, status: number, value: unknown, headers?: Headers): Response {
  const all = Object.assign(c.get('call').headers, jsonType, headers);
  return new Response(JSON.stringify(value), { status, headers: all });
}

export function replyText(c: Context<ApiEnv>, status: number, body: string, headers: Headers): Response {
  return new Response(body, { status, headers: Object.assign(c.get('call').headers, headers) });
}

export function replyEmpty(c: Context<ApiEnv>, status: number, headers?: Headers): Response {
  return new Response(null, { status, headers: Object.assign(c.get('call').headers, headers) });
}

export function replyStream(
  c: Context<ApiEnv>,
  status: number,
  body: ReadableStream<Uint8Array>,
  headers: Headers,
): Response {
  return new Response(body, { status, headers: Object.assign(c.get('call').headers, headers) });
}

/** Nothing of this may be kept by a cache. */
export const noStore = { 'cache-control': 'no-store' } as const;

/** What an anonymous caller sees is public and may be shared by caches; what a token shows is its holder's. */
export function privateToCaller(caller: Caller, directive: string): Record<string, string> {
  return {
    'cache-control': `${caller.scope === 'anonymous' ? 'public' : 'private'}, ${directive}`,
    vary: 'Authorization',
  };
}
