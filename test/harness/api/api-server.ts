import { randomBytes, randomUUID } from 'node:crypto';
import { createApp } from '#services/api/app.ts';
import { defaultLimits, type ApiLimits } from '#services/api/dependencies.ts';
import { listen } from '#services/api/listen.ts';
import { createAuthenticator } from '#services/identity/authenticator.ts';
import type { MachineScope } from '#services/identity/machine-tokens.ts';
import { hashToken } from '#services/identity/mint-token.ts';
import type { TrustedIssuer } from '#services/identity/oidc/issuers.ts';
import { createLogger } from '#services/log/logger.ts';
import { MemoryControlPlane } from '../memory/memory-control-plane.ts';
import { MemoryIdempotencyStore } from '../memory/memory-idempotency-store.ts';
import { MemoryTokenStore } from '../memory/memory-token-store.ts';

const scopes: MachineScope[] = [
  'worker:resolve',
  'worker:rebuild',
  'worker:compare',
  'worker:attest',
  'gateway',
  'admin',
];

/** The api over HTTP on loopback, with an in-memory control plane and a clock that only moves when told. */
export class ApiServer implements AsyncDisposable {
  readonly plane = new MemoryControlPlane();
  readonly tokens = new MemoryTokenStore();
  readonly url: string;
  readonly #machineTokens: Record<MachineScope, string>;
  readonly #clock: { now: number };
  readonly #close: () => Promise<void>;

  private constructor(parts: {
    plane: MemoryControlPlane;
    tokens: MemoryTokenStore;
    url: string;
    machineTokens: Record<MachineScope, string>;
    clock: { now: number };
    close: () => Promise<void>;
  }) {
    this.plane = parts.plane;
    this.tokens = parts.tokens;
    this.url = parts.url;
    this.#machineTokens = parts.machineTokens;
    this.#clock = parts.clock;
    this.#close = parts.close;
  }

  static async start(
    options: { limits?: Partial<ApiLimits>; issuers?: TrustedIssuer[]; sigstoreRoot?: string } = {},
  ): Promise<ApiServer> {
    const clock = { now: Date.now() };
    const now = () => clock.now;
    const machineTokens = Object.fromEntries(
      scopes.map((scope) => [scope, `machine-${randomBytes(24).toString('hex')}`]),
    ) as Record<MachineScope, string>;
    const hashes = Object.fromEntries(scopes.map((scope) => [scope, hashToken(machineTokens[scope])]));
    const plane = new MemoryControlPlane();
    const tokens = new MemoryTokenStore();
    const stopping = new AbortController();
    const app = createApp({
      plane,
      tokens,
      idempotency: new MemoryIdempotencyStore(now),
      authenticate: createAuthenticator({
        tokens,
        machineTokens: hashes,
        issuers: options.issuers ?? [],
        now,
      }),
      logger: createLogger('api', 'silent'),
      limits: { ...defaultLimits, ...options.limits },
      ...(options.sigstoreRoot === undefined ? {} : { sigstoreRoot: options.sigstoreRoot }),
      now,
      randomBytes: (count) => randomBytes(count),
      randomUuid: () => randomUUID(),
      stopping: stopping.signal,
    });
    const server = await listen(app, { host: '127.0.0.1', port: 0 });
    const close = async (): Promise<void> => {
      stopping.abort();
      await server.close(1000);
    };
    return new ApiServer({ plane, tokens, url: server.url, machineTokens, clock, close });
  }

  /** Moves the clock that rates, tokens and idempotency go by. */
  advance(seconds: number): void {
    this.#clock.now += seconds * 1000;
  }

  get now(): number {
    return this.#clock.now;
  }

  machineToken(scope: MachineScope): string {
    return this.#machineTokens[scope];
  }

  /** A request, as `token` where there is one; an object body goes as JSON. */
  async request(
    method: string,
    path: string,
    { token, json, headers, ...rest }: RequestOptions = {},
  ): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method,
      redirect: 'error',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...rest,
    });
  }

  /** Creates a stored token through the api, as its admin. */
  async createToken(name: string, scope: 'submitter' | 'admin' = 'submitter'): Promise<string> {
    const response = await this.request('POST', '/v1/tokens', {
      token: this.machineToken('admin'),
      json: { name, scope },
    });
    if (response.status !== 201) throw new Error(await response.text());
    return ((await response.json()) as { token: string }).token;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

interface RequestOptions {
  token?: string;
  json?: unknown;
  headers?: Record<string, string>;
  body?: NonNullable<RequestInit['body']>;
  signal?: AbortSignal;
  duplex?: 'half';
}
