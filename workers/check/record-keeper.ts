import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { verifyBytes } from '#core/digest/verify-bytes.ts';
import { AppError } from '#core/errors/app-error.ts';
import { saveStream } from '#services/files/save-stream.ts';
import { Served } from '#schemas/gateway.ts';

const answerBytesMax = 64 * 1024;

/** What a gateway keeps its record with where no service runs: the api's internal routes for it, on loopback. */
export interface RecordKeeper {
  readonly url: string;
  /** The path of a kept object. */
  object(sha256: string): string;
  /** Why something was not kept that should have been: `too-large` or, where the disk refused it, `unavailable`. */
  fault(): AppError | undefined;
  close(): Promise<void>;
}

export interface RecordKeeperOptions {
  /** A folder of this keeper alone; it is made. */
  readonly folder: string;
  /** What the gateway names itself by. */
  readonly token: string;
  /** Told of each answer before a byte of it reaches the build; false where that session is over. */
  readonly onServed: (sessionId: string, served: Served) => boolean;
  /** How much all that is kept may come to, and how many answers may be on record. */
  readonly bytesMax: number;
  readonly answersMax: number;
}

/** Keeps objects by digest in a folder; only what has the digest that it is named by. */
export async function openRecordKeeper(options: RecordKeeperOptions): Promise<RecordKeeper> {
  await mkdir(options.folder, { mode: 0o700 });
  const keeper = new Keeper(options);
  const server = createServer((request, response) => {
    keeper.answer(request, response).catch(() => response.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    object: (sha256) => keeper.pathOf(sha256),
    fault: () => keeper.fault,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await rm(options.folder, { recursive: true, force: true });
    },
  };
}

class Keeper {
  readonly #options: RecordKeeperOptions;
  fault: AppError | undefined;
  #room: number;
  #answers = 0;

  constructor(options: RecordKeeperOptions) {
    this.#options = options;
    this.#room = options.bytesMax;
  }

  pathOf(sha256: string): string {
    return join(this.#options.folder, sha256);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const end = (status: number): void => void response.writeHead(status).end();
    if (!isSame(request.headers.authorization ?? '', `Bearer ${this.#options.token}`)) return end(401);
    const { method, url = '' } = request;
    const sha256 = /^\/internal\/gateway\/objects\/sha256:([0-9a-f]{64})$/.exec(url)?.[1];
    if (sha256 !== undefined && method === 'GET') return this.#give(sha256, response);
    if (sha256 !== undefined && method === 'PUT') return end(await this.#keep(sha256, request));
    const session = /^\/internal\/gateway\/sessions\/([0-9a-f-]{36})\/served$/.exec(url)?.[1];
    if (session !== undefined && method === 'POST') return end(await this.#record(session, request));
    end(404);
  }

  async #give(sha256: string, response: ServerResponse): Promise<void> {
    const found = await stat(this.pathOf(sha256)).catch(() => undefined);
    if (found === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-length': found.size });
    await pipeline(createReadStream(this.pathOf(sha256)), response);
  }

  async #keep(sha256: string, request: IncomingMessage): Promise<number> {
    const size = Number(request.headers['content-length'] ?? Number.NaN);
    if (!Number.isSafeInteger(size)) return 411;
    if (await this.#has(sha256)) {
      request.resume();
      return 201;
    }
    if (size > this.#room) return this.#full();
    // Taken before it is there: what arrives meanwhile finds that much less.
    this.#room -= size;
    const part = join(this.#options.folder, `part-${randomUUID()}`);
    try {
      const { bytes } = verifyBytes(request, sha256, size);
      await saveStream(part, (file) => pipeline(bytes, file));
      await rename(part, this.pathOf(sha256));
      return 201;
    } catch (error) {
      this.#room += size;
      if (error instanceof AppError) return 422;
      this.fault ??= new AppError(
        'unavailable',
        `What the registry answered cannot be kept: ${String(error)}`,
        {
          hint: 'check keeps it in the folder for temporary files (TMPDIR): see that it can be written and has room',
          cause: error,
        },
      );
      return 500;
    } finally {
      await rm(part, { force: true });
    }
  }

  async #has(sha256: string): Promise<boolean> {
    return (await stat(this.pathOf(sha256)).catch(() => undefined)) !== undefined;
  }

  #full(): number {
    this.fault ??= new AppError('too-large', 'Builds asked the registry for more than a check may keep');
    return 413;
  }

  async #record(session: string, request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request) {
      size += (chunk as Buffer).length;
      if (size > answerBytesMax) return 413;
      chunks.push(chunk as Buffer);
    }
    const said = Served.safeParse(servedIn(Buffer.concat(chunks).toString('utf8')));
    if (!said.success) return 400;
    if (!(await this.#has(said.data.sha256))) return 404;
    this.#answers += 1;
    if (this.#answers > this.#options.answersMax) return this.#full();
    return this.#options.onServed(session, said.data) ? 204 : 409;
  }
}

function servedIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { served?: unknown }).served;
  } catch {
    return undefined;
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
