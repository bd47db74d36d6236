import type { Cursor } from '../cursor.ts';
import { deflate64 } from '../deflate64/deflate64.ts';
import { DeflateDecoder } from '../deflate64/decoder.ts';
import type { Fields } from '../entry.ts';
import { RatioWatch } from '../ratio-watch.ts';
import type { StreamDecoder } from '../read-stream.ts';
import type { Place, Reading } from '../reading.ts';

/** Decodes a member of method 9. It has no headers of its own. */
export class Deflate64Decoder implements StreamDecoder {
  readonly fields: Fields = {};
  readonly #watch: RatioWatch;
  readonly #decoder: DeflateDecoder;

  constructor(reading: Reading, place: Place, input: Cursor) {
    this.#watch = new RatioWatch(reading, place);
    this.#decoder = new DeflateDecoder(input, deflate64, ({ byteLength }) => this.#watch.taken(byteLength));
  }

  async pull(): Promise<Uint8Array | undefined> {
    const bytes = await this.#decoder.pull();
    if (bytes !== undefined) this.#watch.decoded(bytes.byteLength);
    return bytes;
  }
}
