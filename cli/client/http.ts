import pRetry from 'p-retry';
import { Problem } from '#schemas/errors.ts';
import { AppError } from '#core/errors/app-error.ts';
import type { CliIo } from '../io.ts';

export type RequestBody = NonNullable<RequestInit['body']>;

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends this request alone, its body included; no further try is made. */
  readonly signal?: AbortSignal;
  /** Made anew for each try. */
  body?(): RequestBody;
}

/** Statuses that are an answer for the caller and no error. */
const answered = new Set([304]);

/**
 * Requests to the api with its token, tried again while trying can help (no answer, 429, 5xx): for a minute and a half
 * where it has answered before, so that a restart is sat out, else only a few times. `Retry-After` is heeded. A problem answer becomes the AppError of its code. Bodies are the caller's to read.
 */
export class Http {
  readonly #io: CliIo;
  readonly #base: string;
  readonly #token: string | undefined;
  #answered = false;

  constructor(io: CliIo, base: string, token: string | undefined) {
    this.#io = io;
    this.#base = base.replace(/\/+$/, '');
    this.#token = token;
  }

  async send(path: string, request: Request = {}): Promise<Response> {
    return pRetry(() => this.once(path, request), {
      retries: this.#answered ? 20 : 3,
      minTimeout: 200,
      maxTimeout: 8000,
      maxRetryTime: 90_000,
      signal: this.#io.signal,
      shouldRetry: async ({ error }) => {
        const stopped = (): boolean => this.#io.signal.aborted || request.signal?.aborted === true;
        if (stopped() || !(error instanceof AppError) || !error.retryable) return false;
        await this.#pause(retryAfterMs.get(error) ?? 0);
        return !stopped();
      },
    }).catch((error: unknown) => {
      throw this.#io.signal.aborted ? interrupted() : error;
    });
  }

  /** One try. @throws AppError */
  async once(path: string, request: Request = {}): Promise<Response> {
    const { method = 'GET', headers = {} } = request;
    const body = request.body?.();
    const authorization = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    let response: Response;
    try {
      response = await this.#io.fetch(`${this.#base}${path}`, {
        method,
        headers: { accept: 'application/json', ...authorization, ...headers },
        signal:
          request.signal === undefined ? this.#io.signal : AbortSignal.any([this.#io.signal, request.signal]),
        redirect: 'error',
        ...(body !== undefined && { body, duplex: 'half' }),
      } as RequestInit);
    } catch (cause) {
      if (this.#io.signal.aborted) throw interrupted();
      throw new AppError('unavailable', `no answer from ${this.#base}: ${reasonOf(cause)}`, {
        hint: 'check the address given by --api or ASSAY_API_URL',
        cause,
      });
    }
    this.#answered = true;
    if (response.ok || answered.has(response.status)) return response;
    throw await problemOf(response);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#io.signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    });
  }
}

export function interrupted(): AppError {
  return new AppError('interrupted', 'interrupted');
}

const retryAfterMs = new WeakMap<AppError, number>();

async function problemOf(response: Response): Promise<AppError> {
  const text = await response.text().catch(() => '');
  const problem = parseProblem(text);
  const error =
    problem === undefined
      ? new AppError(codeOfStatus(response.status), `the service answered ${response.status}`)
      : new AppError(problem.code, problem.detail ?? problem.title, {
          ...(problem.hint !== undefined && { hint: problem.hint }),
        });
  const seconds = Number(response.headers.get('retry-after'));
  if (Number.isFinite(seconds) && seconds > 0) retryAfterMs.set(error, Math.min(seconds, 60) * 1000);
  return error;
}

function parseProblem(text: string): Problem | undefined {
  try {
    return Problem.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function codeOfStatus(
  status: number,
): 'unauthenticated' | 'forbidden' | 'not-found' | 'unavailable' | 'upstream' {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  return status >= 500 ? 'unavailable' : 'upstream';
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: Error & { code?: string } };
  return cause?.code ?? cause?.message ?? message;
}
