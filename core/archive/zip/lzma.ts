import type { Cursor } from '../cursor.ts';
import { describeBytes } from '../describe-bytes.ts';
import type { Fields } from '../entry.ts';
import { InflateError } from '../inflate.ts';
import { Lzma1Decoder } from '../lzma/lzma1.ts';
import { RatioWatch } from '../ratio-watch.ts';
import type { StreamDecoder } from '../read-stream.ts';
import type { Place, Reading } from '../reading.ts';

/** Version of the LZMA SDK (two bytes), size of the properties (two), then these: APPNOTE.TXT 5.8.8. */
const headerBytes = 9;
const propertiesBytes = 5;
/** Bit 1 of the flags, 4.4.4: the end is marked in the stream. Else it is where the size says. */
const markedFlag = 2;

/** Decodes a member of method 14. */
export class ZipLzmaDecoder implements StreamDecoder {
  readonly fields: Fields = {};
  readonly #input: Cursor;
  readonly #size: number | undefined;
  readonly #watch: RatioWatch;
  #lzma: Lzma1Decoder | undefined;

  constructor(
    reading: Reading,
    place: Place,
    input: Cursor,
    { size, flags }: { readonly size: number; readonly flags: number },
  ) {
    this.#input = input;
    this.#size = (flags & markedFlag) === 0 ? size : undefined;
    this.#watch = new RatioWatch(reading, place);
  }

  /** @throws InflateError */
  async pull(): Promise<Uint8Array | undefined> {
    this.#lzma ??= await this.#begin();
    const bytes = await this.#lzma.pull();
    if (bytes !== undefined) this.#watch.decoded(bytes.byteLength);
    return bytes;
  }

  async #begin(): Promise<Lzma1Decoder> {
    const bytes = Buffer.from(await this.#input.peek(headerBytes));
    if (bytes.byteLength < headerBytes) throw new InflateError('it ends inside the header');
    if (bytes.readUInt16LE(2) !== propertiesBytes)
      throw new InflateError('its properties are not five bytes');
    const lzma = new Lzma1Decoder(this.#input, {
      properties: bytes.readUInt8(4),
      dictionaryBytes: bytes.readUInt32LE(5),
      size: this.#size,
      onTaken: ({ byteLength }) => this.#watch.taken(byteLength),
    });
    this.fields['lzma_header'] = describeBytes(bytes);
    this.#watch.taken(headerBytes);
    this.#input.advance(headerBytes);
    return lzma;
  }
}
