import { InflateError, outputChunkBytes } from '../inflate.ts';
import { BlockCrc } from './crc.ts';

/** The bytes of a decoded block, piece by piece: four equal ones are followed by how many more there are. */
export class BlockBytes {
  readonly #links: Int32Array;
  readonly #crc = new BlockCrc();
  #place: number;
  #left: number;
  #previous = -1;
  #equal = 0;
  #repeat = 0;

  /** `links`, `first` and `size` as `decodeBlock` gives them. */
  constructor(links: Int32Array, first: number, size: number) {
    this.#links = links;
    this.#place = first;
    this.#left = size;
  }

  /** The next bytes, which stay as they are; undefined at the end. @throws InflateError */
  pull(): Uint8Array | undefined {
    // Five bytes of the block become at most 259.
    const out = new Uint8Array(Math.min(outputChunkBytes, 52 * (this.#left + 1) + this.#repeat));
    const links = this.#links;
    let [place, left, previous, equal] = [this.#place, this.#left, this.#previous, this.#equal];
    let at = 0;
    while (at < out.length) {
      if (this.#repeat > 0) {
        const count = Math.min(this.#repeat, out.length - at);
        out.fill(previous, at, at + count);
        at += count;
        this.#repeat -= count;
        continue;
      }
      if (left === 0) break;
      left -= 1;
      const next = links[place] ?? 0;
      const byte = next & 0xff;
      place = next >> 8;
      if (equal === 4) {
        this.#repeat = byte;
        equal = 0;
        continue;
      }
      equal = byte === previous ? equal + 1 : 1;
      previous = byte;
      out[at++] = byte;
    }
    if (left === 0 && equal === 4 && at < out.length) throw new InflateError('a run without its length');
    [this.#place, this.#left, this.#previous, this.#equal] = [place, left, previous, equal];
    if (at === 0) return undefined;
    const bytes = out.subarray(0, at);
    this.#crc.update(bytes);
    return bytes;
  }

  /** The checksum of what was pulled. */
  get checksum(): number {
    return this.#crc.digest();
  }
}
