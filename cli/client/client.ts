import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { z } from '@hono/zod-openapi';
import type { ObjectRef } from '#schemas/digest.ts';
import { RebuildResult, type RebuildEvent, type RebuildRequest } from '#schemas/rebuild.ts';
import { AppError } from '#core/errors/app-error.ts';
import type { CliIo } from '../io.ts';
import { readEvents } from './events.ts';
import { Http, type RequestBody } from './http.ts';

const json = { 'content-type': 'application/json' };

/** The public API of a service (docs/openapi.json), as far as the command line uses it. */
export class AssayClient {
  readonly #http: Http;
  readonly #io: CliIo;

  constructor(io: CliIo, url: string, token: string | undefined) {
    this.#io = io;
    this.#http = new Http(io, url, token);
  }

  /** Safe to repeat: every try carries the same Idempotency-Key. */
  async submit(request: RebuildRequest): Promise<RebuildResult> {
    const response = await this.#http.send('/v1/rebuilds', {
      method: 'POST',
      headers: { ...json, 'idempotency-key': randomUUID() },
      body: () => JSON.stringify(request),
    });
    return read(RebuildResult, response);
  }

  async rebuild(id: string): Promise<RebuildResult> {
    return read(RebuildResult, await this.#http.send(`/v1/rebuilds/${encodeURIComponent(id)}`));
  }

  async cancel(id: string): Promise<RebuildResult> {
    const path = `/v1/rebuilds/${encodeURIComponent(id)}`;
    return read(RebuildResult, await this.#http.send(path, { method: 'DELETE' }));
  }

  /** Resolves when the rebuild has ended. @throws AppError `timeout` after `timeoutMs` */
  async wait(id: string, timeoutMs: number): Promise<RebuildResult> {
    const path = `/v1/rebuilds/${encodeURIComponent(id)}`;
    const deadline = this.#io.now() + timeoutMs;
    for (let etag: string | null = null; ;) {
      const left = deadline - this.#io.now();
      if (left <= 0)
        throw new AppError('timeout', `rebuild ${id} has not ended in time`, { hint: `assay wait ${id}` });
      const headers: Record<string, string> = { prefer: `wait=${Math.ceil(Math.min(left, 30_000) / 1000)}` };
      if (etag !== null) headers['if-none-match'] = etag;
      // A server that keeps silent far beyond the wait is asked again.
      const silence = AbortSignal.timeout(Math.min(left, 30_000) + 20_000);
      const response = await this.#http.send(path, { headers, signal: silence }).catch((error: unknown) => {
        if (silence.aborted && !this.#io.signal.aborted) return undefined;
        throw error;
      });
      if (response === undefined) continue;
      etag = response.headers.get('etag');
      if (response.status === 304) continue;
      const result = await read(RebuildResult, response);
      if (result.rebuild.finishedAt !== undefined) return result;
      // A server that does not wait is not asked without pause.
      if (response.headers.get('preference-applied') === null)
        await new Promise((next) => setTimeout(next, 500));
    }
  }

  /** Events as they come, across lost connections, until the rebuild has ended or `signal` is aborted. */
  async *events(id: string, signal: AbortSignal): AsyncGenerator<RebuildEvent> {
    const path = `/v1/rebuilds/${encodeURIComponent(id)}/events`;
    yield* readEvents(
      (lastSeq) =>
        this.#http.send(path, {
          signal,
          headers: {
            accept: 'text/event-stream',
            ...(lastSeq > 0 && { 'last-event-id': String(lastSeq) }),
          },
        }),
      signal,
    );
  }

  /** Uploads the file at `path`; what is held already is not sent twice by the server's own rule. */
  async uploadFile(path: string): Promise<ObjectRef> {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    const sha256 = hash.digest('hex');
    const { size } = await stat(path);
    const response = await this.#http.send(`/v1/uploads/sha256:${sha256}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
      body: () => Readable.toWeb(createReadStream(path)) as unknown as RequestBody,
    });
    await response.arrayBuffer();
    return { digest: { sha256 }, size };
  }

  /** An object's bytes; the caller checks their digest. */
  async object(sha256: string): Promise<Response> {
    return this.#http.send(`/v1/objects/sha256:${sha256}`, { headers: { accept: '*/*' } });
  }

  /** Any other JSON resource of the api, checked against its schema. */
  async get<S extends z.ZodType>(schema: S, path: string): Promise<z.output<S>> {
    return read(schema, await this.#http.send(path));
  }

  async post<S extends z.ZodType>(schema: S, path: string, body: unknown): Promise<z.output<S>> {
    const response = await this.#http.send(path, {
      method: 'POST',
      headers: { ...json, 'idempotency-key': randomUUID() },
      body: () => JSON.stringify(body),
    });
    return read(schema, response);
  }

  async remove(path: string): Promise<void> {
    await (await this.#http.send(path, { method: 'DELETE' })).arrayBuffer();
  }
}

async function read<S extends z.ZodType>(schema: S, response: Response): Promise<z.output<S>> {
  const parsed = schema.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  throw new AppError('upstream', 'the service answered something that this version of assay cannot read', {
    hint: 'use the same version of assay as the service',
    cause: parsed.error,
  });
}
