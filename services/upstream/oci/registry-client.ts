import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request, type Dispatcher } from 'undici';
import { z } from 'zod';
import { AppError } from '#core/errors/app-error.ts';
import { publicAgent } from '../guarded-connect.ts';
import { parseChallenge, type Challenge } from './challenge.ts';
import type { RegistryCredentials } from './credentials.ts';
import type { ImageReference } from './reference.ts';

const timeouts = { headersTimeout: 60_000, bodyTimeout: 60_000 };
const redirectsMax = 3;
const retriesMax = 4;
const tokenBytesMax = 64 * 1024;

export interface RegistryAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

interface Ask {
  readonly method?: 'GET' | 'HEAD' | 'PUT' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Of the answer's body. */
  readonly sizeMax: number;
}

const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/**
 * One repository of a registry (OCI distribution specification 1.1): bounded, credentials to the registry and to the token
 * server that it names over https, and never in an error. Where an answer leads elsewhere, only public hosts are asked.
 */
export class RegistryClient {
  readonly #image: ImageReference;
  readonly #credentials: RegistryCredentials | undefined;
  readonly #signal: AbortSignal;
  readonly #own = new Agent({ ...timeouts, connect: { timeout: 30_000 } });
  readonly #elsewhere = publicAgent(timeouts);
  #authorization: string | undefined;

  constructor(image: ImageReference, credentials: RegistryCredentials | undefined, signal: AbortSignal) {
    this.#image = image;
    this.#credentials = credentials;
    this.#signal = signal;
  }

  /** Of `/v2/<repository>/…` where `path` has no leading slash; else a URL of the registry itself. */
  urlOf(path: string): URL {
    return path.startsWith('/') || URL.canParse(path)
      ? new URL(path, this.#image.base)
      : new URL(`v2/${this.#image.repository}/${path}`, this.#image.base);
  }

  /**
   * Sends a request, after having authenticated where the registry asks for it. Statuses are the caller's to judge.
   * @throws AppError `unauthenticated`, `upstream`, `too-large`, `interrupted`
   */
  async send(path: string, ask: Ask): Promise<RegistryAnswer> {
    const url = this.urlOf(path);
    const first = await this.#patiently(url, ask);
    if (first.status !== 401) return first;
    const challenge = parseChallenge(headerOf(first, 'www-authenticate') ?? '');
    if (!challenge) throw this.#refused('it asks for credentials in a way that is not understood');
    this.#authorization = await this.#answerTo(challenge, ask.method ?? 'GET');
    const second = await this.#patiently(url, ask);
    if (second.status === 401) throw this.#refused('the credentials were not taken');
    return second;
  }

  /** A blob or manifest, checked against its digest; undefined where there is none. */
  async fetchByDigest(
    kind: 'blobs' | 'manifests',
    sha256: string,
    sizeMax: number,
    accept?: string,
  ): Promise<Buffer | undefined> {
    const answer = await this.send(`${kind}/sha256:${sha256}`, {
      sizeMax,
      ...(accept !== undefined && { headers: { accept } }),
    });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw this.unexpected(answer, `${kind}/sha256:${sha256}`);
    if (createHash('sha256').update(answer.body).digest('hex') !== sha256)
      throw new AppError('digest-mismatch', `The registry sent other bytes than sha256:${sha256}.`);
    return answer.body;
  }

  unexpected({ status }: RegistryAnswer, what: string): AppError {
    if (status === 403)
      return new AppError(
        'forbidden',
        `The registry ${this.#image.registry} does not allow that (${what}).`,
        {
          hint: 'Log in with an account that may: docker login.',
        },
      );
    return new AppError('upstream', `The registry ${this.#image.registry} answered ${status} for ${what}.`);
  }

  async close(): Promise<void> {
    await Promise.all([this.#own.destroy(), this.#elsewhere.destroy()]);
  }

  /** Asks again where that can help: a registry may stumble over two who write the same tag. Uploads begin only once. */
  async #patiently(url: URL, ask: Ask): Promise<RegistryAnswer> {
    for (let tries = 0; ; tries += 1) {
      const answer = await this.#follow(url, ask);
      const passing = [429, 500, 502, 503, 504].includes(answer.status) && ask.method !== 'POST';
      if (!passing || tries === retriesMax) return answer;
      await pause(100 * 2 ** tries, undefined, { signal: this.#signal }).catch(() => {
        throw new AppError('interrupted', 'Interrupted while asking the registry.');
      });
    }
  }

  async #follow(start: URL, ask: Ask): Promise<RegistryAnswer> {
    let url = start;
    for (let hop = 0; hop <= redirectsMax; hop += 1) {
      const own = url.origin === this.#image.base.origin;
      const authorization =
        own && this.#authorization !== undefined ? { authorization: this.#authorization } : {};
      const answer = await this.#once(url, own ? this.#own : this.#elsewhere, {
        ...ask,
        headers: { ...ask.headers, ...authorization },
      });
      const location = headerOf(answer, 'location');
      const reads = ask.method === undefined || ask.method === 'GET' || ask.method === 'HEAD';
      if (!reads || ![301, 302, 303, 307, 308].includes(answer.status) || location === undefined)
        return answer;
      const to = URL.parse(location, url.href);
      if (!to || !/^https?:$/.test(to.protocol) || (url.protocol === 'https:' && to.protocol !== 'https:'))
        throw new AppError(
          'upstream',
          `The registry ${this.#image.registry} redirects to a URL that is not followed.`,
        );
      url = to;
    }
    throw new AppError('upstream', `The registry ${this.#image.registry} redirects too often.`);
  }

  async #once(
    url: URL,
    dispatcher: Dispatcher,
    { method = 'GET', headers, body, sizeMax }: Ask,
  ): Promise<RegistryAnswer> {
    try {
      const answer = await request(url, {
        method,
        dispatcher,
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(180_000)]),
        headers: { 'user-agent': 'assay', 'accept-encoding': 'identity', ...headers },
        ...(body !== undefined && { body }),
      });
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of answer.body) {
        size += (chunk as Buffer).length;
        if (size > sizeMax)
          throw new AppError(
            'too-large',
            `The answer of ${this.#image.registry} is larger than ${sizeMax} bytes.`,
          );
        chunks.push(chunk as Buffer);
      }
      return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) };
    } catch (error) {
      if (this.#signal.aborted) throw new AppError('interrupted', 'Interrupted while asking the registry.');
      if (error instanceof AppError) throw error;
      throw new AppError(
        'upstream',
        `The registry ${this.#image.registry} cannot be reached: ${codeOf(error)}.`,
        {
          cause: error,
        },
      );
    }
  }

  async #answerTo(challenge: Challenge, method: string): Promise<string> {
    const { username, secret, isToken } = this.#credentials ?? { username: '', secret: '', isToken: false };
    const basic = `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
    if (challenge.scheme === 'basic') {
      if (!this.#credentials) throw this.#refused('it asks for credentials, and there are none');
      return basic;
    }
    const { realm, service, scope } = challenge;
    const own = realm.origin === this.#image.base.origin;
    // A secret never goes over plain http, except back to the very registry on loopback that it is for.
    if (realm.protocol !== 'https:' && !own)
      throw this.#refused('its token server is not reached over https');
    const scopes =
      scope ??
      `repository:${this.#image.repository}:${method === 'GET' || method === 'HEAD' ? 'pull' : 'pull,push'}`;
    const dispatcher = own ? this.#own : this.#elsewhere;
    const answer = isToken
      ? await this.#once(realm, dispatcher, {
          method: 'POST',
          sizeMax: tokenBytesMax,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: Buffer.from(
            new URLSearchParams({
              grant_type: 'refresh_token',
              refresh_token: secret,
              client_id: 'assay',
              scope: scopes,
              ...(service !== undefined && { service }),
            }).toString(),
          ),
        })
      : await this.#once(withParameters(realm, { service, scope: scopes }), dispatcher, {
          sizeMax: tokenBytesMax,
          ...(this.#credentials && { headers: { authorization: basic } }),
        });
    const read = Token.safeParse(answer.status === 200 ? jsonOf(answer.body) : undefined);
    const token = read.data?.token ?? read.data?.access_token;
    if (!token || /[^\u0021-\u007e]/.test(token)) throw this.#refused('its token server gave no token');
    return `Bearer ${token}`;
  }

  #refused(why: string): AppError {
    return new AppError('unauthenticated', `The registry ${this.#image.registry} wants a login: ${why}.`, {
      hint: 'docker login, or DOCKER_CONFIG=<folder of a config.json>',
    });
  }
}

/** The first value of a header. */
export function headerOf({ headers }: Pick<RegistryAnswer, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function withParameters(realm: URL, parameters: Readonly<Record<string, string | undefined>>): URL {
  const url = new URL(realm);
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** A code, never the message: that could repeat a URL with a token. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
