import { AppError } from '#core/errors/app-error.ts';
import type { Signing } from '#services/signing/signing.ts';

/** How long one signature with its witnesses is waited for, and how long what was away is left alone. */
export interface Patience {
  readonly signMs: number;
  readonly pauseMs: number;
}

const usual: Patience = { signMs: 30_000, pauseMs: 5000 };

/** What is known of the signer and the witnesses that one kind of request needs. */
interface Standing {
  awayUntilMs: number;
  trying: boolean;
}

/**
 * A `Signing` behind which nothing queues up: once signer or a witness could not be had, whoever asks is told so at once,
 * and after a pause one of them tries again for all. So a log that hangs holds no verdict back.
 * @param now monotonic, in ms
 */
export function steadySigning(signing: Signing, now: () => number, patience = usual): Signing {
  // The log may be away while all that a private statement needs is there.
  const standings = { logged: fresh(), unlogged: fresh() };
  return {
    hasLog: signing.hasLog,
    ...(signing.key ? { key: signing.key } : {}),
    sign: async (statement, ask, signal) => {
      const standing = ask.log ? standings.logged : standings.unlogged;
      if (standing.awayUntilMs > 0 && (standing.trying || now() < standing.awayUntilMs)) throw stillAway();
      standing.trying = true;
      const bound = AbortSignal.timeout(patience.signMs);
      try {
        const signed = await signing.sign(statement, ask, signal ? AbortSignal.any([signal, bound]) : bound);
        standing.awayUntilMs = 0;
        return signed;
      } catch (error) {
        if (signal?.aborted) throw error;
        const away = bound.aborted || (error instanceof AppError && error.code === 'unavailable');
        if (!away) throw error;
        standing.awayUntilMs = now() + patience.pauseMs;
        throw error instanceof AppError && error.code === 'unavailable' ? error : tooSlow(error);
      } finally {
        standing.trying = false;
      }
    },
  };
}

function fresh(): Standing {
  return { awayUntilMs: 0, trying: false };
}

function stillAway(): AppError {
  return new AppError('unavailable', 'What a signature needs was away a moment ago; it is tried again soon.');
}

function tooSlow(cause: unknown): AppError {
  return new AppError('unavailable', 'Signer or witnesses took too long.', { cause });
}
