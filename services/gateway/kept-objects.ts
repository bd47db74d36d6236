import type { Sha256 } from '#schemas/digest.ts';
import type { Content, RecordClient } from './record-client.ts';

const believedMs = 10 * 60_000;
const entriesMax = 10_000;

/**
 * Which digests the api was given lately, so that repeated builds do not send the same bytes again. Much shorter than
 * any retention, after which the api could have let them go.
 */
export class KeptObjects {
  readonly #api: RecordClient;
  readonly #now: () => number;
  readonly #keptAt = new Map<Sha256, number>();

  constructor(api: RecordClient, now: () => number = () => performance.now()) {
    this.#api = api;
    this.#now = now;
  }

  /** Returns once the api holds the bytes. @throws AppError */
  async keep(sha256: Sha256, content: Content, signal: AbortSignal): Promise<void> {
    const keptAt = this.#keptAt.get(sha256);
    if (keptAt !== undefined && this.#now() - keptAt < believedMs) return;
    await this.#api.store(sha256, content, signal);
    this.#keptAt.delete(sha256);
    this.#keptAt.set(sha256, this.#now());
    const [oldest] = this.#keptAt.keys();
    if (this.#keptAt.size > entriesMax && oldest !== undefined) this.#keptAt.delete(oldest);
  }
}
