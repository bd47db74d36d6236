import type { Upstream } from '../upstream.ts';
import { readIndex, type ProjectIndex } from './simple-index.ts';
import { normalizeName } from './names.ts';

const freshMs = 10 * 60_000;
const bytesMax = 128 * 1024 ** 2;

/**
 * The indexes read lately, so that builds one after the other do not ask the registry again. Bounded by the size of
 * what was read; only the registry's own words, before any cut-off date.
 */
export class IndexCache {
  readonly #upstream: Upstream;
  readonly #now: () => number;
  readonly #entries = new Map<string, { readAt: number; index: ProjectIndex }>();
  #bytes = 0;

  constructor(upstream: Upstream, now: () => number = () => performance.now()) {
    this.#upstream = upstream;
    this.#now = now;
  }

  /** @throws AppError as readIndex does */
  async get(project: string, signal: AbortSignal): Promise<ProjectIndex | undefined> {
    const name = normalizeName(project);
    const held = this.#entries.get(name);
    if (held && this.#now() - held.readAt < freshMs) {
      this.#entries.delete(name);
      this.#entries.set(name, held);
      return held.index;
    }
    const index = await readIndex(this.#upstream, name, signal);
    this.#drop(name);
    if (index) {
      this.#entries.set(name, { readAt: this.#now(), index });
      this.#bytes += index.sizeBytes;
      for (const oldest of this.#entries.keys()) {
        if (this.#bytes <= bytesMax) break;
        this.#drop(oldest);
      }
    }
    return index;
  }

  #drop(name: string): void {
    const held = this.#entries.get(name);
    if (!held) return;
    this.#bytes -= held.index.sizeBytes;
    this.#entries.delete(name);
  }
}
