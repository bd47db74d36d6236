import { AppError } from '#core/errors/app-error.ts';

/** A service that signing needs, as messages name it. */
export interface Service {
  /** Such as `the transparency log`. */
  readonly name: string;
  readonly url: string;
  /** The variable that says where it is. */
  readonly variable: string;
}

export interface ServiceCall {
  readonly method: 'GET' | 'POST';
  /** Added to the service's URL; starts with a slash. Empty: the URL itself. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
  /** The caller's: what it aborts with is thrown as it is. */
  readonly signal?: AbortSignal | undefined;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * The service may or may not have done what it was asked: its answer was lost. Asking again for the same can be refused
 * (a log takes an entry once), so the whole statement is signed again.
 */
export class AnswerLost extends AppError {}

/** Codes of Node and undici for a connection that broke after it was made. */
const brokenOff = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/**
 * One request, one bounded answer; redirects are refused. Errors say where and what, and hold nothing of what was sent
 * or answered: a request may carry a token, and an answer may repeat it.
 * @throws AppError `unavailable`; AnswerLost where the connection broke after it was made
 */
export async function callService(service: Service, call: ServiceCall): Promise<ServiceAnswer> {
  call.signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(call.timeoutMs);
  try {
    const response = await fetch(`${service.url}${call.path}`, {
      method: call.method,
      headers: { ...call.headers },
      redirect: 'error',
      signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
      ...(call.body !== undefined && { body: call.body as string }),
    });
    return { status: response.status, body: await boundedBody(response, call.answerBytesMax, service) };
  } catch (error) {
    call.signal?.throwIfAborted();
    if (error instanceof AppError) throw error;
    if (timeout.aborted) throw refusal(service, `did not answer within ${call.timeoutMs / 1000} s`);
    const code = codeOf(error);
    if (code !== undefined && brokenOff.has(code)) throw answerLost(service, `broke off (${code})`);
    throw refusal(service, `cannot be reached (${code ?? 'it gave no valid answer'})`);
  }
}

/** @returns an AppError `unavailable`; `what` goes on after the service's name, such as `answered 500` */
export function refusal(service: Service, what: string, hint: string = hintOf(service)): AppError {
  return new AppError('unavailable', sentence(service, what), { hint });
}

/** As `refusal`, where signing again at once is right. */
export function answerLost(service: Service, what: string): AnswerLost {
  return new AnswerLost('unavailable', sentence(service, what), { hint: hintOf(service) });
}

function sentence({ name, url }: Service, what: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)} at ${new URL(url).host} ${what}.`;
}

function hintOf({ variable }: Service): string {
  return `Check ${variable} and that the service runs; it is tried again by itself.`;
}

async function boundedBody(response: Response, bytesMax: number, service: Service): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > bytesMax) throw refusal(service, `answered with more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** fetch hides the code of what went wrong in its cause. */
function codeOf(error: unknown): string | undefined {
  const inner = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(inner instanceof Error) || !('code' in inner) || typeof inner.code !== 'string') return undefined;
  return /^[A-Z0-9_]{1,40}$/.test(inner.code) ? inner.code : undefined;
}
