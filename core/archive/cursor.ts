import type { ByteSource } from './byte-source.ts';

type Pull = () => Uint8Array | undefined | Promise<Uint8Array | undefined>;

const empty = new Uint8Array(0);
const sourceChunkBytes = 262_144;

/** Reads a stream of bytes forwards, in pieces of any size, with bounded memory. */
export class Cursor {
  /** Bytes handed out so far. */
  position = 0;
  readonly #pull: Pull;
  readonly #tap: ((bytes: Uint8Array) => void) | undefined;
  #chunk: Uint8Array = empty;
  #ended = false;

  /** `tap` sees every byte exactly once, in order, when it is pulled. */
  constructor(pull: Pull, tap?: (bytes: Uint8Array) => void) {
    this.#pull = pull;
    this.#tap = tap;
  }

  static over(source: ByteSource, offset = 0, end = source.size, tap?: (bytes: Uint8Array) => void): Cursor {
    let at = offset;
    return new Cursor(() => {
      if (at >= end) return undefined;
      const bytes = source.read(at, Math.min(sourceChunkBytes, end - at));
      at += bytes.byteLength;
      return bytes.byteLength === 0 ? undefined : bytes;
    }, tap);
  }

  async #more(): Promise<Uint8Array | undefined> {
    if (this.#ended) return undefined;
    let bytes = this.#pull();
    if (bytes instanceof Promise) bytes = await bytes;
    if (bytes === undefined) this.#ended = true;
    else this.#tap?.(bytes);
    return bytes;
  }

  /** Up to `length` bytes, fewer only at the end, without moving. `length` must be small: it is held in memory. */
  async peek(length: number): Promise<Uint8Array> {
    if (this.#chunk.byteLength < length) {
      const parts: Uint8Array[] = [this.#chunk];
      let held = this.#chunk.byteLength;
      while (held < length) {
        const more = await this.#more();
        if (more === undefined) break;
        parts.push(more);
        held += more.byteLength;
      }
      this.#chunk = parts.length === 1 ? this.#chunk : Buffer.concat(parts, held);
    }
    return this.#chunk.subarray(0, length);
  }

  /** Like `peek`, and moves past them. */
  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.peek(length);
    this.advance(bytes.byteLength);
    return bytes;
  }

  /** Whatever is at hand, up to `max` bytes, without moving; undefined at the end. */
  async peekSome(max: number): Promise<Uint8Array | undefined> {
    while (this.#chunk.byteLength === 0) {
      const more = await this.#more();
      if (more === undefined) return undefined;
      this.#chunk = more;
    }
    return this.#chunk.subarray(0, max);
  }

  /** Moves past bytes that were peeked. */
  advance(length: number): void {
    this.#chunk = this.#chunk.subarray(length);
    this.position += length;
  }

  async takeSome(max: number): Promise<Uint8Array | undefined> {
    const bytes = await this.peekSome(max);
    if (bytes !== undefined) this.advance(bytes.byteLength);
    return bytes;
  }

  /** A cursor over the next `length` bytes of this one; drain it before this one is used again. */
  within(length: number, tap?: (bytes: Uint8Array) => void): Cursor {
    let left = length;
    return new Cursor(async () => {
      if (left === 0) return undefined;
      const bytes = await this.takeSome(left);
      if (bytes !== undefined) left -= bytes.byteLength;
      return bytes;
    }, tap);
  }

  /** Reads to the end. */
  async drain(): Promise<void> {
    while ((await this.takeSome(Number.POSITIVE_INFINITY)) !== undefined);
  }
}
