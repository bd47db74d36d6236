import { AppError } from '#core/errors/app-error.ts';
import type { Caller } from '#services/control/control-plane.ts';

/** What is known of the request at hand. */
export interface Call {
  readonly requestId: string;
  readonly caller: Caller;
  /** Whom limits count: the subject, or the address of somebody anonymous. */
  readonly key: string;
  /** Headers of whatever answer comes: the request id, CORS, the rate's state. */
  readonly headers: Record<string, string>;
  /** Lifts the time limit, for what waits or streams within a bound of its own. */
  untimed(): void;
}

export const anonymous: Caller = { subject: 'anonymous', scope: 'anonymous' };

/** The caller, who must be allowed to write. @throws AppError `unauthenticated`, `forbidden` */
export function requireSubmitter({ caller }: Call): Caller {
  if (caller.scope === 'submitter' || caller.scope === 'admin') return caller;
  if (caller.scope === 'anonymous') throw unauthenticated();
  throw new AppError('forbidden', `A token of scope ${caller.scope} may not do that`);
}

/** @throws AppError `unauthenticated`, `forbidden` */
export function requireAdmin({ caller }: Call): Caller {
  if (caller.scope === 'admin') return caller;
  if (caller.scope === 'anonymous') throw unauthenticated();
  throw new AppError('forbidden', 'Only an admin may do that', { hint: 'Use a token of scope admin.' });
}

export function unauthenticated(): AppError {
  return new AppError('unauthenticated', 'That needs a token', {
    hint: 'Send `Authorization: Bearer …` with a token made by `assay token create`, or an OIDC id token.',
  });
}
