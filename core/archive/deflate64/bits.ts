/** Reads bits, the lowest of each byte first, from bytes that are all at hand; what stands behind them is zero. */
export class LowBits {
  readonly bytes: Uint8Array;
  /** Bytes that were taken into `held`. */
  at = 0;
  held = 0;
  heldBits = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Bits that were taken. */
  get position(): number {
    return this.at * 8 - this.heldBits;
  }

  /** Goes to this bit of `bytes`. */
  seek(position: number): void {
    this.at = position >> 3;
    this.held = this.heldBits = 0;
    this.take(position & 7);
  }

  /** The next bits, 24 at least. */
  peek(): number {
    while (this.heldBits < 24) {
      this.held |= (this.bytes[this.at++] ?? 0) << this.heldBits;
      this.heldBits += 8;
    }
    return this.held;
  }

  /** Moves past up to 24 bits. */
  skip(count: number): void {
    this.held >>>= count;
    this.heldBits -= count;
  }

  /** The next `count` bits, up to 16. */
  take(count: number): number {
    const value = this.peek() & ((1 << count) - 1);
    this.skip(count);
    return value;
  }
}
