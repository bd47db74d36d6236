import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from '@hono/zod-openapi';
import { Agent, request } from 'undici';
import { verifyBytes } from '#core/digest/verify-bytes.ts';
import { AppError } from '#core/errors/app-error.ts';
import type { Sha256 } from '#schemas/digest.ts';
import { Problem } from '#schemas/errors.ts';
import { Served } from '#schemas/gateway.ts';
import { saveStream } from '../files/save-stream.ts';

/** What can be sent again: bytes, or a file with its size. */
export type Content = Uint8Array | { readonly path: string; readonly size: number };

const recordBytesMax = 64 * 1024 ** 2;
const Record = z.object({ served: z.array(Served).max(100_000) });

/** The api's internal routes for the gateway (docs/architecture.md), with the gateway's own token. */
export class RecordClient {
  readonly #apiUrl: string;
  readonly #token: string;
  readonly #agent = new Agent({ headersTimeout: 60_000, bodyTimeout: 60_000, connect: { timeout: 10_000 } });

  constructor(apiUrl: string, token: string) {
    this.#apiUrl = apiUrl.replace(/\/+$/, '');
    this.#token = token;
  }

  /**
   * Writes an object to `path`, having checked its digest, and says its size; undefined where the api does not hold it.
   * @throws AppError `unavailable`, `digest-mismatch`, `too-large`
   */
  async fetch(
    sha256: Sha256,
    path: string,
    ask: { sizeMax: number; signal: AbortSignal },
  ): Promise<number | undefined> {
    const answer = await this.#ask('GET', `/internal/gateway/objects/sha256:${sha256}`, {
      signal: ask.signal,
    });
    if (answer.statusCode === 404) {
      await answer.body.dump();
      return undefined;
    }
    await expectStatus(answer, 200);
    const verified = verifyBytes(answer.body, sha256, ask.sizeMax);
    try {
      await saveStream(path, (file) => pipeline(verified.bytes, file));
    } catch (error) {
      throw error instanceof AppError ? error : unavailable(error);
    }
    return verified.size;
  }

  /** Keeps bytes by digest. @throws AppError as the api says, or `unavailable` */
  async store(sha256: Sha256, content: Content, signal: AbortSignal): Promise<void> {
    const body = content instanceof Uint8Array ? Buffer.from(content) : createReadStream(content.path);
    const length = content instanceof Uint8Array ? content.length : content.size;
    const answer = await this.#ask('PUT', `/internal/gateway/objects/sha256:${sha256}`, {
      body,
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(length) },
      signal,
    });
    await expectStatus(answer, 201);
    await answer.body.dump();
  }

  /** Puts one answer on the attempt's record. @throws AppError `stale-lease` when the attempt is over, or `unavailable` */
  async record(sessionId: string, fence: number, served: Served, signal: AbortSignal): Promise<void> {
    const answer = await this.#ask('POST', `/internal/gateway/sessions/${sessionId}/served`, {
      body: JSON.stringify({ fence, served }),
      headers: { 'content-type': 'application/json' },
      signal,
    });
    await expectStatus(answer, 204);
    await answer.body.dump();
  }

  /** What a replaying attempt is served from. @throws AppError */
  async replay(sessionId: string, signal: AbortSignal): Promise<Served[]> {
    const answer = await this.#ask('GET', `/internal/gateway/sessions/${sessionId}/record`, { signal });
    await expectStatus(answer, 200);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      size += (chunk as Buffer).length;
      if (size > recordBytesMax) throw new AppError('too-large', 'The record is larger than allowed.');
      chunks.push(chunk as Buffer);
    }
    return Record.parse(JSON.parse(Buffer.concat(chunks).toString('utf8'))).served;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #ask(
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    options: { body?: Buffer | string | Readable; headers?: Record<string, string>; signal: AbortSignal },
  ) {
    try {
      return await request(`${this.#apiUrl}${path}`, {
        method,
        dispatcher: this.#agent,
        signal: options.signal,
        headers: { authorization: `Bearer ${this.#token}`, ...options.headers },
        ...(options.body === undefined ? {} : { body: options.body }),
      });
    } catch (error) {
      throw unavailable(error);
    }
  }
}

async function expectStatus(
  answer: { statusCode: number; body: Readable & { text(): Promise<string> } },
  wanted: number,
): Promise<void> {
  if (answer.statusCode === wanted) return;
  const text = (await answer.body.text()).slice(0, 65_536);
  const problem = Problem.safeParse(parseJson(text));
  if (problem.success) throw new AppError(problem.data.code, problem.data.detail ?? problem.data.title);
  throw new AppError('unavailable', `The api answered ${answer.statusCode}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unavailable(cause: unknown): AppError {
  return new AppError('unavailable', 'The api cannot be reached.', { cause });
}
