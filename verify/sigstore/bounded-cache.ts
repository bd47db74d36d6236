/**
 * What was verified once and is the same the next time. Least recently used first out, so that a stranger's bundles
 * take a bounded amount of memory. Only what passed is kept.
 */
export class BoundedCache<V> {
  readonly #entries = new Map<string, V>();
  readonly #countMax: number;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** The value under `key`, or what `make` gives; where it throws, nothing is kept. */
  get(key: string, make: () => V): V {
    const kept = this.#entries.get(key);
    if (kept !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, kept);
      return kept;
    }
    const made = make();
    this.#entries.set(key, made);
    if (this.#entries.size > this.#countMax) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return made;
  }
}
