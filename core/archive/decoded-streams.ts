/** Decoded bytes that one file's streams may have kept. */
const keptBytesMax = 12 * 1024 ** 2;

/**
 * The decoded bytes of a file's streams, so that a second reading of it need not decode them again: xz and bzip2 are slow.
 * What does not fit is not kept, and is decoded twice.
 */
export class DecodedStreams {
  readonly #streams = new Map<string, readonly Uint8Array[]>();
  #left = keptBytesMax;

  /** The pieces of the whole stream at the place with this id. */
  get(id: string): readonly Uint8Array[] | undefined {
    return this.#streams.get(id);
  }

  /** Lets all go. */
  clear(): void {
    this.#streams.clear();
  }

  /** `pull` over the stream at `id`, which is kept once it has come to its end. */
  keep(id: string, pull: () => Promise<Uint8Array | undefined>): () => Promise<Uint8Array | undefined> {
    let pieces: Uint8Array[] | undefined = [];
    let size = 0;
    return async () => {
      const bytes = await pull();
      if (pieces === undefined) return bytes;
      if (bytes === undefined) {
        this.#left -= size;
        this.#streams.set(id, pieces);
        pieces = undefined;
        return bytes;
      }
      size += bytes.byteLength;
      if (size > this.#left) pieces = undefined;
      else pieces.push(Uint8Array.from(bytes));
      return bytes;
    };
  }
}
