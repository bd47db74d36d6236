import type { ProgressEvent } from '#schemas/jobs.ts';

const flushMs = 200;
const batchMax = 200;
/** What may wait while the api is slow; older log lines are dropped first, since the whole log is kept as an object. */
const waitingMax = 5000;

/** Collects progress and sends it in order, a batch at a time. Progress is for watching: a batch that fails is dropped. */
export class ProgressBatch {
  readonly #send: (events: ProgressEvent[]) => Promise<void>;
  #waiting: ProgressEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(send: (events: ProgressEvent[]) => Promise<void>) {
    this.#send = send;
  }

  add(event: ProgressEvent): void {
    if (this.#waiting.length >= waitingMax) {
      const oldest = this.#waiting.findIndex((waiting) => waiting.type === 'log');
      if (oldest >= 0) this.#waiting.splice(oldest, 1);
    }
    this.#waiting.push(event);
    this.#timer ??= setTimeout(() => this.#flush(), flushMs);
  }

  /** Sends what is left. */
  async end(): Promise<void> {
    this.#flush();
    await this.#sending;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#waiting;
    this.#waiting = [];
    for (let start = 0; start < events.length; start += batchMax) {
      const batch = events.slice(start, start + batchMax);
      this.#sending = this.#sending.then(() => this.#send(batch)).catch(() => undefined);
    }
  }
}
