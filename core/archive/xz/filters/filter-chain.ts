import type { UndoFilter } from './filter.ts';
import type { XzFilter } from './filters.ts';

const nothing = new Uint8Array(0);

/** One filter of a block, with the few bytes that wait for those behind them. */
class Stage {
  readonly #undo: UndoFilter;
  #position: number;
  #rest: Uint8Array = nothing;

  constructor(filter: XzFilter) {
    this.#undo = filter.begin();
    this.#position = filter.startOffset;
  }

  /** What is done of `bytes`, which it changes in place; all of it where they are the `last`. */
  take(bytes: Uint8Array, last: boolean): Uint8Array {
    const whole = this.#rest.byteLength === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const done = this.#undo(whole, 0, this.#position);
    this.#position = (this.#position + done) >>> 0;
    if (last) return whole;
    this.#rest = whole.slice(done);
    return whole.subarray(0, done);
  }
}

/** Undoes the filters of a block, the last first, as its bytes come out of LZMA2. */
export class FilterChain {
  readonly #pull: () => Promise<Uint8Array | undefined>;
  readonly #stages: readonly Stage[];
  #ended = false;

  /** `pull`: the decoded bytes piece by piece, which are this one's to change. */
  constructor(filters: readonly XzFilter[], pull: () => Promise<Uint8Array | undefined>) {
    this.#pull = pull;
    this.#stages = filters.map((filter) => new Stage(filter)).reverse();
  }

  /** The next bytes of the content; undefined at the end. Throws what `pull` throws. */
  async pull(): Promise<Uint8Array | undefined> {
    while (!this.#ended) {
      const pulled = await this.#pull();
      this.#ended = pulled === undefined;
      let bytes = pulled ?? nothing;
      for (const stage of this.#stages) bytes = stage.take(bytes, this.#ended);
      if (bytes.byteLength > 0) return bytes;
    }
    return undefined;
  }
}
