import { InflateError } from '../inflate.ts';

/** Reads bits, the highest of each byte first, from bytes that are all at hand. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #held = 0;
  #heldBits = 0;

  /** Begins `skip` bits (0 to 7) into the first byte. */
  constructor(bytes: Uint8Array, skip: number) {
    this.#bytes = bytes;
    this.take(skip);
  }

  /** Bits taken so far, those skipped included. */
  get position(): number {
    return this.#at * 8 - this.#heldBits;
  }

  /** The next `count` bits (up to 24), without moving. Behind the end stand zeros. */
  peek(count: number): number {
    while (this.#heldBits < count) {
      this.#held = (this.#held << 8) | (this.#bytes[this.#at++] ?? 0);
      this.#heldBits += 8;
    }
    return (this.#held >>> (this.#heldBits - count)) & ((1 << count) - 1);
  }

  /** Moves past `count` bits that were peeked. */
  skip(count: number): void {
    this.#heldBits -= count;
  }

  /** The next `count` bits, up to 24. */
  take(count: number): number {
    const value = this.peek(count);
    this.#heldBits -= count;
    return value;
  }

  /** The next 32 bits, without a sign. */
  take32(): number {
    const high = this.take(16);
    return high * 0x10000 + this.take(16);
  }

  /** @throws InflateError where more was taken than there is */
  check(): void {
    if (this.position > this.#bytes.byteLength * 8) throw new InflateError('it ends inside a block');
  }
}
