import type { MiddlewareHandler } from 'hono';
import { AppError } from '#core/errors/app-error.ts';
import { bearerToken } from './bearer.ts';
import { anonymous, type Call } from './call.ts';
import { clientAddress } from './client-address.ts';
import type { ApiDependencies, ApiEnv } from './dependencies.ts';
import { RateLimiter, showRate, type RateState } from './rate-limit.ts';

const requestIdPattern = /^[A-Za-z0-9._-]{1,64}$/;
/**
 * What surrounds every request: its id, who calls, how often, and how long it may take. It never touches the response
 * (replies are built with `call.headers`), which keeps @hono/node-server on its fast path.
 */
export function envelope(deps: ApiDependencies): MiddlewareHandler<ApiEnv> {
  const { limits, now } = deps;
  const strangers = new RateLimiter({ name: 'anonymous', perMinute: limits.anonymousPerMinute }, now);
  const callers = new RateLimiter({ name: 'caller', perMinute: limits.callerPerMinute }, now);
  const failures = new RateLimiter({ name: 'failed-logins', perMinute: limits.failedLoginsPerMinute }, now);

  const authenticate = async (call: Mutable<Call>, authorization: string): Promise<void> => {
    const address = call.key;
    refuseUnless(failures.take(address, 0), call, 'Too many failed logins from this address');
    try {
      call.caller = await deps.authenticate(bearerToken(authorization));
    } catch (error) {
      if (error instanceof AppError && error.code === 'unauthenticated') failures.take(address);
      throw error;
    }
    call.key = call.caller.subject;
  };

  const limitRate = (call: Call): void => {
    const { scope } = call.caller;
    if (scope !== 'anonymous' && scope !== 'submitter') return;
    const limiter = scope === 'anonymous' ? strangers : callers;
    const state = limiter.take(call.key);
    showRate(call.headers, limiter.policy, state);
    refuseUnless(state, call, `More than ${limiter.policy.perMinute} requests a minute`);
  };

  return async (c, next) => {
    const internal = c.req.path.startsWith('/internal/');
    const given = c.req.header('x-request-id');
    const call: Mutable<Call> = {
      requestId: given !== undefined && requestIdPattern.test(given) ? given : deps.randomUuid(),
      caller: anonymous,
      key: clientAddress(
        c.env?.incoming?.socket.remoteAddress,
        limits.proxyHops === 0 ? undefined : c.req.header('x-forwarded-for'),
        limits.proxyHops,
      ),
      headers: { 'x-content-type-options': 'nosniff' },
      untimed: () => clearTimeout(timer),
    };
    call.headers['x-request-id'] = call.requestId;
    if (!internal) {
      call.headers['access-control-allow-origin'] = '*';
      call.headers['access-control-expose-headers'] = '*';
    }
    c.set('call', call);

    let timer: NodeJS.Timeout | undefined;
    if (!internal) {
      const authorization = c.req.header('authorization');
      if (authorization !== undefined) await authenticate(call, authorization);
      limitRate(call);
    }
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(tooSlow(limits.requestTimeoutMs)), limits.requestTimeoutMs);
    });
    try {
      await Promise.race([next(), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** @throws AppError `rate-limited`, with Retry-After set on the answer */
export function refuseUnless(state: RateState, call: Call, message: string): void {
  if (state.allowed) return;
  call.headers['retry-after'] = String(state.resetSeconds);
  throw new AppError('rate-limited', message, { hint: `Try again in ${state.resetSeconds} s.` });
}

function tooSlow(timeoutMs: number): AppError {
  return new AppError('timeout', `The request took longer than ${timeoutMs / 1000} s`);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
