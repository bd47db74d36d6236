import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Served } from '#schemas/gateway.ts';

const answerBytesMax = 64 * 1024;

/** What a gateway keeps its record with where no service runs: the api's internal routes for it, on loopback. */
export interface RecordKeeper {
  readonly url: string;
  /** The path of a kept object. */
  object(sha256: string): string;
  /** Whether something was not kept because it was more than is allowed. */
  isFull(): boolean;
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
    isFull: () => keeper.isFull,
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
  isFull = false;
  #bytes = 0;
  #answers = 0;

  constructor(options: RecordKeeperOptions) {
    this.#options = options;
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
    const room = this.#options.bytesMax - this.#bytes;
    if (Number(request.headers['content-length'] ?? 0) > room) return this.#full();
    const part = join(this.#options.folder, `part-${randomUUID()}`);
    const hash = createHash('sha256');
    let size = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        hash.update(chunk);
        done(size > room ? new Error('no room') : null, chunk);
      },
    });
    try {
      await pipeline(request, counted, createWriteStream(part, { mode: 0o600 }));
      if (hash.digest('hex') !== sha256) return 422;
      await rename(part, this.pathOf(sha256));
      this.#bytes += size;
      return 201;
    } catch {
      return 413;
    } finally {
      await rm(part, { force: true });
    }
  }

  #full(): number {
    this.isFull = true;
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
    if ((await stat(this.pathOf(said.data.sha256)).catch(() => undefined)) === undefined) return 404;
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
