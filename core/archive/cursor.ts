import type { ByteSource } from './byte-source.ts';

type Pull = () => Uint8Array | undefined | Promise<Uint8Array | undefined>;

const empty = new Uint8Array(0);
const sourceChunkBytes = 262_144;

/** What is left to read of a file: then no byte need be read that nobody looks at. */
interface SourceRange {
  readonly source: ByteSource;
  next: number;
  readonly end: number;
}

/** Reads a stream of bytes forwards, in pieces of any size, with bounded memory. */
export class Cursor {
  /** Bytes handed out so far. */
  position = 0;
  readonly #pull: Pull;
  readonly #tap: ((bytes: Uint8Array) => void) | undefined;
  #chunk: Uint8Array = empty;
  /** Where in the chunk the next byte is. */
  #at = 0;
  #ended = false;
  #source: SourceRange | undefined;
  /** Memory of the chunk that may be written over, as nobody was given views of it that must stay. */
  #reusable: Buffer | undefined;

  /** `tap` sees every byte exactly once, in order, when it is pulled. */
  constructor(pull: Pull, tap?: (bytes: Uint8Array) => void) {
    this.#pull = pull;
    this.#tap = tap;
  }

  static over(source: ByteSource, offset = 0, end = source.size, tap?: (bytes: Uint8Array) => void): Cursor {
    const range = { source, next: offset, end };
    const cursor = new Cursor(() => {
      const bytes = source.read(range.next, Math.min(sourceChunkBytes, Math.max(end - range.next, 0)));
      range.next += bytes.byteLength;
      return bytes.byteLength === 0 ? undefined : bytes;
    }, tap);
    if (tap === undefined) cursor.#source = range;
    return cursor;
  }

  async #more(): Promise<Uint8Array | undefined> {
    if (this.#ended) return undefined;
    let bytes = this.#pull();
    if (bytes instanceof Promise) bytes = await bytes;
    if (bytes === undefined) this.#ended = true;
    else this.#tap?.(bytes);
    return bytes;
  }

  /**
   * The next `length` bytes without moving, where they can be had without waiting, and valid until the next call; undefined
   * where not, which says nothing of whether there are so many.
   */
  now(length: number): Uint8Array | undefined {
    const end = this.#at + length;
    if (end <= this.#chunk.byteLength) return this.#chunk.subarray(this.#at, end);
    return this.#source !== undefined && length <= sourceChunkBytes && this.#reread(this.#source, length)
      ? this.#chunk.subarray(0, length)
      : undefined;
  }

  /** Reads the chunk again from the place where this stands, in place of joining it with the next one. */
  #reread(range: SourceRange, length: number): boolean {
    const { source, end } = range;
    const start = range.next - (this.#chunk.byteLength - this.#at);
    if (this.#ended || start + length > end) return false;
    const memory = source.readInto && (this.#reusable ?? Buffer.allocUnsafeSlow(sourceChunkBytes));
    const wanted = Math.min(sourceChunkBytes, end - start);
    const chunk =
      memory === undefined
        ? source.read(start, wanted)
        : memory.subarray(0, source.readInto?.(memory.subarray(0, wanted), start));
    this.#reusable = memory;
    this.#chunk = chunk;
    this.#at = 0;
    range.next = start + chunk.byteLength;
    return chunk.byteLength >= length;
  }

  /** Up to `length` bytes, fewer only at the end, without moving. `length` must be small: it is held in memory. */
  async peek(length: number): Promise<Uint8Array> {
    const atHand = this.now(length);
    this.#reusable = undefined;
    if (atHand !== undefined) return atHand;
    const parts: Uint8Array[] = [this.#chunk.subarray(this.#at)];
    let held = this.#chunk.byteLength - this.#at;
    while (held < length) {
      const more = await this.#more();
      if (more === undefined) break;
      parts.push(more);
      held += more.byteLength;
    }
    if (parts.length > 1) {
      this.#chunk = held === parts[1]?.byteLength ? parts[1] : Buffer.concat(parts, held);
      this.#at = 0;
    }
    return this.#chunk.subarray(this.#at, this.#at + length);
  }

  /** Like `peek`, and moves past them. */
  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.peek(length);
    this.advance(bytes.byteLength);
    return bytes;
  }

  /** Whatever is at hand, up to `max` bytes, without moving; undefined at the end. */
  async peekSome(max: number): Promise<Uint8Array | undefined> {
    this.#reusable = undefined;
    while (this.#at === this.#chunk.byteLength) {
      const more = await this.#more();
      if (more === undefined) return undefined;
      this.#chunk = more;
      this.#at = 0;
    }
    return this.#chunk.subarray(this.#at, Math.min(this.#at + max, this.#chunk.byteLength));
  }

  /** Moves past bytes that were peeked. */
  advance(length: number): void {
    this.#at += length;
    this.position += length;
    // What was read is let go as soon as nothing of it is left.
    if (this.#at === this.#chunk.byteLength) {
      this.#chunk = empty;
      this.#at = 0;
    }
  }

  async takeSome(max: number): Promise<Uint8Array | undefined> {
    const bytes = await this.peekSome(max);
    if (bytes !== undefined) this.advance(bytes.byteLength);
    return bytes;
  }

  /** Moves past `length` bytes, or to the end, where that takes no waiting: what is not at hand need not be read. */
  skipNow(length: number): boolean {
    const atHand = this.#chunk.byteLength - this.#at;
    if (length > atHand && (this.#source === undefined || this.#ended)) return false;
    this.advance(Math.min(length, atHand));
    if (this.#source === undefined || length <= atHand) return true;
    const jump = Math.min(length - atHand, Math.max(this.#source.end - this.#source.next, 0));
    this.#source.next += jump;
    this.position += jump;
    return true;
  }

  /** Moves past `length` bytes, or to the end. */
  async skip(length: number): Promise<void> {
    if (!this.skipNow(length)) await this.within(length).drain();
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
