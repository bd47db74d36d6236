import { errorRegistry, type ErrorCode } from '#schemas/error-registry.ts';

/** What a URL or a header of ours could leak; taken out of every message before it is kept. */
const secretPatterns: readonly [RegExp, string][] = [
  [/(https?:\/\/)[^/\s:@]+:[^/\s@]+@/g, '$1***@'],
  [/\b(assay_[a-z]+_)[A-Za-z0-9_-]{8,}/g, '$1***'],
  [/\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g, '***'],
];

/** `text` without credentials in URLs, our own tokens and JWTs. */
export function redact(text: string): string {
  return secretPatterns.reduce((safe, [pattern, replacement]) => safe.replace(pattern, replacement), text);
}

/** An operational error: what happened (`message`), why (`cause`), how to fix it (`hint`). Verdicts are data, never this. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(redact(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = options.hint === undefined ? undefined : redact(options.hint);
  }

  get status(): number {
    return errorRegistry[this.code].status;
  }

  get exit(): number {
    return errorRegistry[this.code].exit;
  }

  get retryable(): boolean {
    return errorRegistry[this.code].retryable;
  }
}

/** `error` as an AppError; what we did not foresee is `internal`. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AppError('internal', message, { cause: error });
}
