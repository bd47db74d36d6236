import type { Place, Reading } from './reading.ts';

/** Finds a stream that expands beyond all proportion, once. */
export class RatioWatch {
  readonly #reading: Reading;
  readonly #place: Place;
  #compressed = 0;
  #decoded = 0;
  #found = false;

  constructor(reading: Reading, place: Place) {
    this.#reading = reading;
    this.#place = place;
  }

  /** Notes compressed bytes that were read. */
  taken(bytes: number): void {
    this.#compressed += bytes;
  }

  /** Notes decoded bytes that came out. */
  decoded(bytes: number): void {
    this.#decoded += bytes;
    const { ratioMax, bombBytesMin } = this.#reading.limits;
    if (this.#found || this.#decoded < bombBytesMin || this.#decoded < ratioMax * this.#compressed) return;
    this.#found = true;
    this.#reading.find(this.#place, 'bomb', `expands more than ${ratioMax} times`);
  }
}
