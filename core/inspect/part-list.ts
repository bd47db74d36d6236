import type { Part } from '#schemas/comparison.ts';
import type { Work } from './work.ts';

const partsMax = 20_000;
const unitsEach = 64;

/** Collects parts within a bound: what goes beyond it is counted as one last part, and the list is not complete. */
export class PartList {
  readonly #work: Work;
  readonly #parts: Part[] = [];
  #beyond = 0;

  constructor(work: Work) {
    this.#work = work;
  }

  get length(): number {
    return this.#parts.length + this.#beyond;
  }

  /** Whether only one more part has room: what can, tells the rest as one. */
  get isFull(): boolean {
    return this.#parts.length >= partsMax - 1;
  }

  /** @throws WorkSpent */
  add(part: Part): void {
    this.#work.spend(unitsEach);
    if (this.#parts.length < partsMax) this.#parts.push(part);
    else this.#beyond += 1;
  }

  finish(): { parts: Part[]; complete: boolean } {
    if (this.#beyond === 0) return { parts: this.#parts, complete: true };
    return {
      parts: [...this.#parts, { kind: 'changed', name: `${this.#beyond} more parts` }],
      complete: false,
    };
  }
}
