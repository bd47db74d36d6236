import type { OpenAPIHono } from '@hono/zod-openapi';
import type { HttpBindings } from '@hono/node-server';
import type { ControlPlane } from '#services/control/control-plane.ts';
import type { Authenticate } from '#services/identity/authenticator.ts';
import type { TokenStore } from '#services/identity/token-store.ts';
import type { Logger } from '#services/log/logger.ts';
import type { Call } from './call.ts';
import type { IdempotencyStore } from './idempotency.ts';

/** Bounds of the api; `defaultLimits` for what the operator does not set. A rate of 0 is no limit. */
export interface ApiLimits {
  readonly objectBytesMax: number;
  readonly anonymousPerMinute: number;
  readonly callerPerMinute: number;
  readonly submitPerMinute: number;
  readonly proxyHops: number;
  readonly failedLoginsPerMinute: number;
  readonly jsonBytesMax: number;
  readonly internalJsonBytesMax: number;
  readonly requestTimeoutMs: number;
  readonly waitSecondsMax: number;
  readonly streamSecondsMax: number;
  readonly streamsPerCallerMax: number;
}

export const defaultLimits: ApiLimits = {
  objectBytesMax: 2 * 1024 ** 3,
  anonymousPerMinute: 1200,
  callerPerMinute: 6000,
  submitPerMinute: 120,
  proxyHops: 0,
  failedLoginsPerMinute: 30,
  jsonBytesMax: 1024 ** 2,
  internalJsonBytesMax: 32 * 1024 ** 2,
  requestTimeoutMs: 30_000,
  waitSecondsMax: 60,
  streamSecondsMax: 900,
  streamsPerCallerMax: 32,
};

/** All that the api is made of. `main.ts` gives the real ones. */
export interface ApiDependencies {
  readonly plane: ControlPlane;
  readonly authenticate: Authenticate;
  readonly tokens: TokenStore;
  readonly idempotency: IdempotencyStore;
  readonly logger: Logger;
  readonly limits: ApiLimits;
  /** Text of the Sigstore `trusted_root.json` of the witnesses; absent where there are none. */
  readonly sigstoreRoot?: string;
  /** ms since the epoch */
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly randomUuid: () => string;
  /** Aborted when the process stops: waits and event streams end. */
  readonly stopping: AbortSignal;
}

/** What Hono carries: Node's request and response, and the call at hand. */
export interface ApiEnv {
  Bindings: Partial<HttpBindings>;
  Variables: { call: Call };
}

export type Api = OpenAPIHono<ApiEnv>;
