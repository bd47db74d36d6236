import { EventEmitter, once } from 'node:events';
import { Client } from 'pg';
import type { Logger } from '#services/log/logger.ts';
import { changeChannel } from './deps.ts';

const reconnectMs = 1000;

/** Wakes whoever waits for a rebuild to change, in whichever api process the change was written (LISTEN/NOTIFY). */
export class ChangeFeed {
  readonly #emitter = new EventEmitter().setMaxListeners(0);
  readonly #url: string;
  readonly #log: Logger;
  #client: Client | undefined;
  #closed = false;

  constructor(url: string, log: Logger) {
    this.#url = url;
    this.#log = log;
  }

  async start(): Promise<void> {
    const client = new Client({ connectionString: this.#url, keepAlive: true });
    client.on('error', (error) => this.#log.warn({ err: error }, 'the change feed lost PostgreSQL'));
    client.on('end', () => this.#reconnectLater());
    client.on('notification', ({ payload }) => this.#emitter.emit(payload ?? ''));
    await client.connect();
    await client.query(`listen ${changeChannel}`);
    this.#client = client;
    // What changed while nobody listened is not known: everybody looks again.
    for (const id of this.#emitter.eventNames()) this.#emitter.emit(id);
  }

  /** Resolves at the next change of `id`, after `timeoutMs`, or when aborted. It may resolve without a change. */
  async wait(id: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const bound = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    await once(this.#emitter, id, { signal: bound }).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end();
  }

  #reconnectLater(): void {
    this.#client = undefined;
    if (this.#closed) return;
    setTimeout(() => {
      if (!this.#closed) this.start().catch(() => this.#reconnectLater());
    }, reconnectMs).unref();
  }
}
