import { createHash } from 'node:crypto';
import { AppError } from '#core/errors/app-error.ts';
import type { Sha256 } from '#schemas/digest.ts';

/** An answer as it is given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** One use of an `Idempotency-Key` by one caller. */
export interface IdempotencyUse {
  readonly subject: string;
  readonly key: string;
}

export type IdempotencyState =
  | { readonly state: 'started' }
  | { readonly state: 'in-flight' }
  | { readonly state: 'mismatch' }
  | { readonly state: 'done'; readonly answer: KeptAnswer };

/**
 * Remembers answers by (subject, key). `begin` is atomic: of two at once, one gets `started`. A use that was begun and
 * neither finished nor abandoned within `lockSeconds` (the process died) may be started again; one that is done is kept
 * for `keepSeconds`.
 */
export interface IdempotencyStore {
  begin(
    use: IdempotencyUse,
    fingerprint: Sha256,
    times: { readonly lockSeconds: number; readonly keepSeconds: number },
  ): Promise<IdempotencyState>;
  finish(use: IdempotencyUse, answer: KeptAnswer): Promise<void>;
  /** Forgets a use that ended without an answer worth keeping. */
  abandon(use: IdempotencyUse): Promise<void>;
}

const times = { lockSeconds: 120, keepSeconds: 24 * 3600 } as const;

/**
 * Runs `handle` once for (caller, key): later requests with the same content get the same answer. Errors are not kept:
 * the request may be sent again. draft-ietf-httpapi-idempotency-key-header-07.
 * @throws AppError `idempotency-in-flight`, `idempotency-mismatch`
 */
export async function once(
  store: IdempotencyStore,
  use: IdempotencyUse,
  request: unknown,
  handle: () => Promise<KeptAnswer>,
): Promise<KeptAnswer & { readonly replayed: boolean }> {
  const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  const begun = await store.begin(use, fingerprint, times);
  if (begun.state === 'done') return { ...begun.answer, replayed: true };
  if (begun.state === 'in-flight')
    throw new AppError(
      'idempotency-in-flight',
      'A request with this Idempotency-Key is still being handled',
      {
        hint: 'Wait a moment and send the same request again.',
      },
    );
  if (begun.state === 'mismatch')
    throw new AppError('idempotency-mismatch', 'This Idempotency-Key was used with another body', {
      hint: 'Use a fresh key for a new request.',
    });
  try {
    const answer = await handle();
    await store.finish(use, answer);
    return { ...answer, replayed: false };
  } catch (error) {
    await store.abandon(use);
    throw error;
  }
}
