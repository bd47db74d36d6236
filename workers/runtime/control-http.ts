import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import pRetry from 'p-retry';
import { AppError } from '#core/errors/app-error.ts';
import { saveStream } from '#services/files/save-stream.ts';
import { errorRegistry, Problem } from '#schemas/errors.ts';
import type { ObjectRef, Sha256 } from '#schemas/digest.ts';
import { Lease, type ProgressEvent } from '#schemas/jobs.ts';
import type { Canary } from '#schemas/place.ts';

/** How often a call is tried again while the api cannot be reached (about a minute in all). */
const retries = { retries: 6, minTimeout: 250, maxTimeout: 15_000, factor: 2.5 };
const callTimeoutMs = 60_000;

/** The internal interface of the api (docs/architecture.md), as a worker uses it. Errors are AppErrors. */
export class ControlHttp {
  readonly #apiUrl: string;
  readonly #workerToken: string;

  constructor(apiUrl: string, workerToken: string) {
    this.#apiUrl = apiUrl;
    this.#workerToken = workerToken;
  }

  /** Undefined where there is nothing to do: another worker has it, or it is done. */
  async claim(jobId: string, worker: string): Promise<Lease | undefined> {
    try {
      const response = await this.#call('POST', `/internal/jobs/${jobId}/claim`, this.#workerToken, {
        json: { worker },
      });
      return Lease.parse(await response.json());
    } catch (error) {
      if (error instanceof AppError && (error.code === 'stale-lease' || error.code === 'not-found'))
        return undefined;
      throw error;
    }
  }

  async heartbeat(jobId: string, token: string): Promise<{ leaseSeconds: number; cancelled: boolean }> {
    const response = await this.#call('POST', `/internal/jobs/${jobId}/heartbeat`, token, { json: {} });
    return (await response.json()) as { leaseSeconds: number; cancelled: boolean };
  }

  async progress(jobId: string, token: string, events: readonly ProgressEvent[]): Promise<void> {
    await this.#call('POST', `/internal/jobs/${jobId}/progress`, token, { json: { events } });
  }

  async report(jobId: string, token: string, report: unknown): Promise<void> {
    await this.#call('POST', `/internal/jobs/${jobId}/report`, token, { json: report });
  }

  async release(jobId: string, token: string, detail: string): Promise<void> {
    await this.#call('POST', `/internal/jobs/${jobId}/release`, token, {
      json: { detail: detail.slice(0, 2000) },
    });
  }

  /** Says what this attester laid out for rebuild workers to try to reach. */
  async layCanaries(attester: string, canaries: readonly Canary[]): Promise<void> {
    await this.#call('POST', '/internal/canaries', this.#workerToken, { json: { attester, canaries } });
  }

  /** Says how this attester signs. @throws AppError `forbidden` for a key that was retired or revoked */
  async registerSigner(signer: {
    builderId: string;
    log: boolean;
    key?: { hint: string; publicKeyPem: string };
  }): Promise<void> {
    await this.#call('POST', '/internal/signers', this.#workerToken, { json: signer });
  }

  /** @throws AppError `digest-mismatch` where what arrives is not what was asked for */
  async download(jobId: string, token: string, sha256: Sha256, path: string): Promise<ObjectRef> {
    return pRetry(async () => {
      const response = await this.#once('GET', `/internal/jobs/${jobId}/objects/sha256:${sha256}`, token, {});
      const hash = createHash('sha256');
      let size = 0;
      const body = Readable.fromWeb((response.body ?? new Blob([]).stream()) as ReadableStream<Uint8Array>);
      body.on('data', (chunk: Uint8Array) => {
        hash.update(chunk);
        size += chunk.length;
      });
      await saveStream(path, (file) => pipeline(body, file));
      if (hash.digest('hex') !== sha256)
        throw new AppError('digest-mismatch', `Object sha256:${sha256} arrived with other bytes.`);
      return { digest: { sha256 }, size };
    }, retryUnavailable);
  }

  async upload(jobId: string, token: string, path: string): Promise<ObjectRef> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    const sha256 = hash.digest('hex');
    const { size } = await stat(path);
    const body = () => Readable.toWeb(createReadStream(path)) as unknown as Body;
    await this.#call('PUT', `/internal/jobs/${jobId}/objects/sha256:${sha256}`, token, { body, size });
    return { digest: { sha256 }, size };
  }

  async uploadBytes(jobId: string, token: string, bytes: Uint8Array, sha256: Sha256): Promise<ObjectRef> {
    const body = () => Buffer.from(bytes);
    await this.#call('PUT', `/internal/jobs/${jobId}/objects/sha256:${sha256}`, token, {
      body,
      size: bytes.length,
    });
    return { digest: { sha256 }, size: bytes.length };
  }

  async #call(method: string, path: string, token: string, content: Content): Promise<Response> {
    return pRetry(() => this.#once(method, path, token, content), retryUnavailable);
  }

  async #once(method: string, path: string, token: string, content: Content): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    const init: RequestInit & { duplex?: 'half' } = { method, headers, redirect: 'error' };
    if (content.json !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(content.json);
      init.signal = AbortSignal.timeout(callTimeoutMs);
    }
    if (content.body) {
      headers['content-type'] = 'application/octet-stream';
      headers['content-length'] = String(content.size);
      init.body = content.body();
      init.duplex = 'half';
    }
    const response = await fetch(`${this.#apiUrl}${path}`, init).catch((cause: unknown) => {
      throw new AppError('unavailable', 'The api cannot be reached.', {
        cause,
        hint: 'Check ASSAY_API_URL.',
      });
    });
    if (!response.ok) throw await problemOf(response);
    return response;
  }
}

type Body = NonNullable<RequestInit['body']>;

interface Content {
  readonly json?: unknown;
  readonly body?: () => Body;
  readonly size?: number;
}

const retryUnavailable = {
  ...retries,
  shouldRetry: ({ error }: { error: Error }) =>
    error instanceof AppError &&
    (error.code === 'unavailable' || error.code === 'internal' || error.code === 'rate-limited'),
};

async function problemOf(response: Response): Promise<AppError> {
  const problem = Problem.safeParse(await response.json().catch(() => undefined));
  if (problem.success) {
    const { code, detail, title, hint } = problem.data;
    return new AppError(code, detail ?? title, hint === undefined ? {} : { hint });
  }
  const code =
    Object.entries(errorRegistry).find(([, entry]) => entry.status === response.status)?.[0] ?? 'unavailable';
  return new AppError(code as keyof typeof errorRegistry, `The api answered ${response.status}.`);
}
