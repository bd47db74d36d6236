import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { AppError, asAppError } from '#core/errors/app-error.ts';
import { errorRegistry, type Problem } from '#schemas/errors.ts';
import type { ApiEnv } from './dependencies.ts';
import { noStore, replyText } from './reply.ts';

/** Seconds after which trying again can help, by code, where it is not said elsewhere. */
const retryAfterSeconds: Partial<Record<AppError['code'], number>> = {
  'idempotency-in-flight': 1,
  'rate-limited': 1,
  unavailable: 5,
  'quota-exceeded': 60,
  timeout: 5,
};

/** RFC 9457 problem details. What an unforeseen fault says is for the log only. */
export function toProblem(error: AppError, requestId: string): Problem {
  const { title, status, retryable } = errorRegistry[error.code];
  const internal = error.code === 'internal';
  return {
    type: `urn:assay:error:${error.code}`,
    title,
    status,
    code: error.code,
    detail: internal ? 'The log of the api has more under this request id.' : error.message.slice(0, 2000),
    ...(error.hint === undefined || internal ? {} : { hint: error.hint }),
    retryable,
    requestId,
  };
}

/** Any error as its problem response. */
export function replyProblem(c: Context<ApiEnv>, error: AppError): Response {
  const { requestId, headers } = c.get('call');
  const problem = toProblem(error, requestId);
  const retryAfter = headers['retry-after'] ?? retryAfterSeconds[error.code]?.toString();
  return replyText(c, problem.status, JSON.stringify(problem), {
    ...noStore,
    'content-type': 'application/problem+json',
    ...(problem.status === 401 ? { 'www-authenticate': 'Bearer realm="assay"' } : {}),
    ...(bodyIsUnread(c) ? { connection: 'close' } : {}),
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  });
}

/** A body that was refused before its end is not waited for: the connection cannot carry another request. */
function bodyIsUnread(c: Context<ApiEnv>): boolean {
  return c.env?.incoming?.complete === false;
}

/** What Hono itself refuses (malformed JSON, a media type) in our terms. */
export function fromThrown(thrown: unknown): AppError {
  if (!(thrown instanceof HTTPException)) return asAppError(thrown);
  if (thrown.status === 415)
    return new AppError('unsupported-media-type', 'The body must be JSON', {
      hint: 'Send `Content-Type: application/json`.',
    });
  if (thrown.status === 413) return new AppError('too-large', 'The body is larger than allowed');
  return new AppError('invalid-request', 'The body is not JSON that can be read');
}
