import { AppError } from '#core/errors/app-error.ts';

/** How many long answers each caller has open; bounds what one caller can hold of this process. */
export class StreamGauge {
  readonly #perKeyMax: number;
  readonly #open = new Map<string, number>();

  constructor(perKeyMax: number) {
    this.#perKeyMax = perKeyMax;
  }

  /** Counts one more until what it returns is called, once. @throws AppError `rate-limited` */
  hold(key: string): () => void {
    const open = this.#open.get(key) ?? 0;
    if (open >= this.#perKeyMax)
      throw new AppError('rate-limited', `${open} requests of this caller are waiting already`, {
        hint: 'End one of them first.',
      });
    this.#open.set(key, open + 1);
    return () => {
      const left = (this.#open.get(key) ?? 1) - 1;
      if (left === 0) this.#open.delete(key);
      else this.#open.set(key, left);
    };
  }
}
