import { outputChunkBytes } from './inflate.ts';

/** Largest dictionary that is kept, 64 MiB, that of `xz -9`: more is memory that an archive may not ask for. */
export const dictionaryBytesMax = 2 ** 26;
/** Room behind the dictionary: the window is moved at most once in half of this. */
const roomBytes = 2 ** 22;

/** The last decoded bytes of a stream. It grows with what was decoded, whatever dictionary the header asks for. */
export class SlidingWindow {
  /** Matches reach this far back at most. */
  readonly dictionaryBytes: number;
  bytes = new Uint8Array(0);
  /** How many of `bytes` are decoded. */
  length = 0;
  #given = 0;

  constructor(dictionaryBytes: number) {
    this.dictionaryBytes = Math.min(dictionaryBytes, dictionaryBytesMax);
  }

  /** The next decoded bytes, copied; undefined where all were given. */
  give(): Uint8Array | undefined {
    if (this.#given === this.length) return undefined;
    const start = this.#given;
    this.#given = Math.min(this.length, start + outputChunkBytes);
    return this.bytes.slice(start, this.#given);
  }

  /** Forgets all, which was given. */
  reset(): void {
    this.length = this.#given = 0;
  }

  /** Makes room for `size` more bytes, up to 2 MiB. */
  makeRoom(size: number): void {
    if (this.length + size <= this.bytes.byteLength) return;
    const bytesMax = this.dictionaryBytes + roomBytes;
    if (this.length + size <= bytesMax) {
      const grown = new Uint8Array(
        Math.min(bytesMax, Math.max(2 * this.bytes.byteLength, this.length + size)),
      );
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
      return;
    }
    // By a multiple of 16, since the place in the content modulo 16 is part of how it is coded.
    const moved = (this.length - this.dictionaryBytes) & ~15;
    this.bytes.copyWithin(0, moved, this.length);
    this.length -= moved;
    this.#given -= moved;
  }
}
