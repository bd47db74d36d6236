import type { Place, Reading } from './reading.ts';

/**
 * Finds what expands beyond all proportion, once: the stream as a whole, or one of its parts (a gzip member, a zstd frame,
 * an xz stream), which what stands before it must not dilute.
 */
export class RatioWatch {
  readonly #reading: Reading;
  readonly #place: Place;
  readonly #whole = { compressed: 0, decoded: 0 };
  #part = { compressed: 0, decoded: 0 };
  #found = false;

  constructor(reading: Reading, place: Place) {
    this.#reading = reading;
    this.#place = place;
  }

  /** The next part of the stream begins. */
  beginPart(): void {
    this.#part = { compressed: 0, decoded: 0 };
  }

  /** Notes compressed bytes that were read. */
  taken(bytes: number): void {
    for (const count of [this.#whole, this.#part]) count.compressed += bytes;
  }

  /** Notes decoded bytes that came out. */
  decoded(bytes: number): void {
    for (const count of [this.#whole, this.#part]) count.decoded += bytes;
    const { ratioMax, bombBytesMin } = this.#reading.limits;
    const expands = ({ compressed, decoded }: { compressed: number; decoded: number }): boolean =>
      decoded >= bombBytesMin && decoded >= ratioMax * compressed;
    if (this.#found || !(expands(this.#whole) || expands(this.#part))) return;
    this.#found = true;
    this.#reading.find(this.#place, 'bomb', `expands more than ${ratioMax} times`);
  }
}
