import { createHash } from 'node:crypto';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pRetry from 'p-retry';
import { Agent, request } from 'undici';
import { AppError } from '#core/errors/app-error.ts';
import { saveStream } from '#services/files/save-stream.ts';
import { publicAgent } from '#services/upstream/guarded-connect.ts';
import type { Sha256 } from '#schemas/digest.ts';

/** Where a registry is, as this machine is configured. `url` may carry credentials; `ca` is PEM text that it is trusted by. */
export interface UpstreamSettings {
  readonly url: string;
  readonly ca?: string;
}

/** Upper bounds of one conversation with an upstream. */
export interface UpstreamLimits {
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly redirectsMax: number;
  readonly retries: number;
  /** `public`: what is not on the upstream's own origin is asked only where its name leads to public addresses alone. */
  readonly elsewhere: 'anywhere' | 'public';
}

const defaultLimits: UpstreamLimits = {
  headersTimeoutMs: 60_000,
  bodyTimeoutMs: 60_000,
  totalTimeoutMs: 300_000,
  redirectsMax: 5,
  retries: 3,
  elsewhere: 'anywhere',
};

interface Ask {
  readonly accept?: string;
  readonly sizeMax: number;
  readonly signal: AbortSignal;
}

/** `text` as a URL without credentials, query and fragment: what a report, a record or a log may show. */
export function publicUrl(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href;
}

/**
 * One registry over HTTP: only GET, only http(s), everything bounded, credentials only to the registry's own origin
 * and never in an error. Failures of the network and 5xx are tried again.
 */
export class Upstream {
  /** Without credentials; ends with a slash. */
  readonly base: URL;
  readonly #authorization: string | undefined;
  readonly #agent: Agent;
  readonly #elsewhere: Agent;
  readonly #limits: UpstreamLimits;

  constructor(settings: UpstreamSettings, limits: Partial<UpstreamLimits> = {}) {
    this.#limits = { ...defaultLimits, ...limits };
    const url = new URL(settings.url);
    const { username, password } = url;
    this.#authorization =
      username === '' && password === ''
        ? undefined
        : `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
    this.base = new URL(publicUrl(settings.url).replace(/\/*$/, '/'));
    const timeouts = {
      headersTimeout: this.#limits.headersTimeoutMs,
      bodyTimeout: this.#limits.bodyTimeoutMs,
    };
    this.#agent = new Agent({
      ...timeouts,
      connect: { timeout: 30_000, ...(settings.ca === undefined ? {} : { ca: settings.ca }) },
    });
    this.#elsewhere = this.#limits.elsewhere === 'public' ? publicAgent(timeouts, settings.ca) : this.#agent;
  }

  /**
   * The body and media type at `url`, and the URL that it came from in the end; or undefined where the upstream has nothing there (404, 410).
   * @throws AppError `upstream`, `too-large`, `interrupted`
   */
  async read(url: string, ask: Ask): Promise<{ body: Buffer; contentType: string; url: string } | undefined> {
    return this.#retrying(url, ask, async (signal) => {
      const found = await this.#open(url, ask, signal);
      if (found === undefined) return undefined;
      const chunks: Buffer[] = [];
      const counted = found.body.pipe(bound(ask.sizeMax, () => undefined));
      found.body.once('error', (error) => counted.destroy(error));
      for await (const chunk of counted) chunks.push(chunk as Buffer);
      return { body: Buffer.concat(chunks), contentType: found.contentType, url: found.url };
    });
  }

  /**
   * Writes what is at `url` to `path`, and says its digest and size; undefined where there is nothing. What is left at
   * `path` after an error is removed.
   * @throws AppError `upstream`, `too-large`, `interrupted`
   */
  async download(url: string, path: string, ask: Ask): Promise<{ sha256: Sha256; size: number } | undefined> {
    return this.#retrying(url, ask, async (signal) => {
      const found = await this.#open(url, ask, signal);
      if (found === undefined) return undefined;
      const hash = createHash('sha256');
      let size = 0;
      const counted = bound(ask.sizeMax, (chunk) => {
        hash.update(chunk);
        size += chunk.length;
      });
      await saveStream(path, (file) => pipeline(found.body, counted, file));
      return { sha256: hash.digest('hex'), size };
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent.destroy(), this.#elsewhere.destroy()]);
  }

  async #retrying<T>(url: string, ask: Ask, once: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const signal = AbortSignal.any([ask.signal, AbortSignal.timeout(this.#limits.totalTimeoutMs)]);
    try {
      return await pRetry(() => once(signal), {
        retries: this.#limits.retries,
        minTimeout: 250,
        maxTimeout: 4000,
        signal,
        shouldRetry: ({ error }) => !(error instanceof AppError) || error instanceof TransientError,
      });
    } catch (error) {
      if (ask.signal.aborted) throw new AppError('interrupted', 'Stopped while asking the registry.');
      if (error instanceof AppError) throw error;
      throw new AppError(
        'upstream',
        `The registry at ${publicUrl(url)} could not be read: ${codeOf(error)}.`,
        {
          hint: 'Check that this machine reaches its package registry, and its certificate settings.',
          cause: error,
        },
      );
    }
  }

  /** Follows redirects by itself: each hop is checked before it is asked, and only our own origin sees our credentials. */
  async #open(
    start: string,
    ask: Ask,
    signal: AbortSignal,
  ): Promise<{ body: Readable; contentType: string; url: string } | undefined> {
    let url = new URL(start);
    for (let hop = 0; hop <= this.#limits.redirectsMax; hop += 1) {
      if (url.protocol !== 'https:' && url.protocol !== 'http:')
        throw new AppError(
          'upstream',
          `The registry leads to a ${url.protocol.slice(0, 20)} URL, which is not followed.`,
        );
      url.username = '';
      url.password = '';
      const answer = await request(url, {
        dispatcher: url.origin === this.base.origin ? this.#agent : this.#elsewhere,
        signal,
        headers: {
          'accept-encoding': 'identity',
          'user-agent': 'assay',
          ...(ask.accept === undefined ? {} : { accept: ask.accept }),
          ...(this.#authorization !== undefined && url.origin === this.base.origin
            ? { authorization: this.#authorization }
            : {}),
        },
      });
      const { statusCode, headers, body } = answer;
      const location = headers['location'];
      if ([301, 302, 303, 307, 308].includes(statusCode) && typeof location === 'string') {
        await body.dump({ limit: 65_536 });
        const to = URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
        if (to === undefined || (url.protocol === 'https:' && to.protocol === 'http:'))
          throw new AppError('upstream', `${publicUrl(url.href)} redirects to a URL that is not followed.`);
        url = to;
        continue;
      }
      if (statusCode === 200)
        return { body, contentType: String(headers['content-type'] ?? ''), url: url.href };
      await body.dump({ limit: 65_536 });
      if (statusCode === 404 || statusCode === 410) return undefined;
      const text = `The registry answered ${statusCode} for ${publicUrl(url.href)}.`;
      if (statusCode >= 500 || statusCode === 429) throw new TransientError('upstream', text);
      throw new AppError('upstream', text);
    }
    throw new AppError('upstream', `${publicUrl(start)} redirects too often.`);
  }
}

class TransientError extends AppError {}

function bound(sizeMax: number, seen: (chunk: Buffer) => void): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > sizeMax) {
        done(new AppError('too-large', `The registry's answer is larger than ${sizeMax} bytes.`));
        return;
      }
      seen(chunk);
      done(null, chunk);
    },
  });
}

/** A system or TLS error code, never the message: that could repeat a URL with credentials. */
function codeOf(error: unknown): string {
  if (error instanceof Error) {
    const inner = error.cause instanceof Error ? error.cause : error;
    return 'code' in inner && typeof inner.code === 'string' ? inner.code : inner.name;
  }
  return 'unknown';
}
