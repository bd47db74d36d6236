import type {
  IdempotencyState,
  IdempotencyStore,
  IdempotencyUse,
  KeptAnswer,
} from '#services/api/idempotency.ts';

interface Kept {
  readonly fingerprint: string;
  readonly begunAt: number;
  answer?: KeptAnswer;
}

/** Answers by (subject, key), in memory. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #kept = new Map<string, Kept>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async begin(
    use: IdempotencyUse,
    fingerprint: string,
    times: { lockSeconds: number; keepSeconds: number },
  ): Promise<IdempotencyState> {
    const known = this.#kept.get(nameOf(use));
    const seconds = known?.answer === undefined ? times.lockSeconds : times.keepSeconds;
    if (known === undefined || known.begunAt + seconds * 1000 < this.#now()) {
      this.#kept.set(nameOf(use), { fingerprint, begunAt: this.#now() });
      return { state: 'started' };
    }
    if (known.fingerprint !== fingerprint) return { state: 'mismatch' };
    return known.answer === undefined ? { state: 'in-flight' } : { state: 'done', answer: known.answer };
  }

  async finish(use: IdempotencyUse, answer: KeptAnswer): Promise<void> {
    const known = this.#kept.get(nameOf(use));
    if (known !== undefined) known.answer = JSON.parse(JSON.stringify(answer)) as KeptAnswer;
  }

  async abandon(use: IdempotencyUse): Promise<void> {
    this.#kept.delete(nameOf(use));
  }
}

function nameOf({ subject, key }: IdempotencyUse): string {
  return JSON.stringify([subject, key]);
}
