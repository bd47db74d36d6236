import type { Context } from 'hono';
import { AppError } from '#core/errors/app-error.ts';
import type { Caller } from '#services/control/control-plane.ts';
import type { Authenticate } from '#services/identity/authenticator.ts';
import { bearerToken } from '../bearer.ts';
import type { ApiEnv } from '../dependencies.ts';

/** The process that calls, by its own token. @throws AppError `unauthenticated`, `forbidden` */
export async function machine(
  c: Context<ApiEnv>,
  authenticate: Authenticate,
  allows: (scope: Caller['scope']) => boolean,
): Promise<Caller> {
  const caller = await authenticate(bearerToken(c.req.header('authorization')));
  if (allows(caller.scope)) return caller;
  throw new AppError('forbidden', `A token of scope ${caller.scope} may not do that`);
}
