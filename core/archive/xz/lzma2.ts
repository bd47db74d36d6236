import { InflateError, outputChunkBytes } from '../inflate.ts';
import { LzmaDecoder, startBytes, symbolBytesMax } from '../lzma/lzma.ts';
import type { XzInput } from './xz-input.ts';

const chunkBytesMax = 2 ** 21;
/** Room behind the dictionary: it is moved at most once in half of this. */
const roomBytes = 2 * chunkBytesMax;

/** Decodes the LZMA2 of one block, section 5.3.1: chunks of at most 2 MiB, each held as a whole. */
export class Lzma2Decoder {
  readonly #input: XzInput;
  readonly #dictionaryBytes: number;
  #lzma: LzmaDecoder | undefined;
  readonly #chunk = new Uint8Array(65_536 + symbolBytesMax);
  #window = new Uint8Array(0);
  #length = 0;
  #given = 0;
  #needs: 'dictionary' | 'properties' | 'nothing' = 'dictionary';

  constructor(input: XzInput, dictionaryBytes: number) {
    this.#input = input;
    this.#dictionaryBytes = dictionaryBytes;
  }

  /** The next decoded bytes, which stay as they are; undefined at the end. @throws Malformed, InflateError */
  async pull(): Promise<Uint8Array | undefined> {
    while (this.#given === this.#length) {
      if (!(await this.#decodeChunk())) return undefined;
    }
    const start = this.#given;
    this.#given = Math.min(this.#length, start + outputChunkBytes);
    return this.#window.slice(start, this.#given);
  }

  /** False at the end of the block. */
  async #decodeChunk(): Promise<boolean> {
    const control = (await this.#input.take(1))[0] ?? 0;
    if (control === 0) return false;
    if (control === 1 || control >= 0xe0) {
      this.#length = this.#given = 0;
      this.#needs = 'properties';
    } else if (this.#needs === 'dictionary') {
      throw new InflateError('the first chunk does not reset the dictionary');
    }
    if (control >= 0x80) await this.#decodeLzma(control);
    else if (control <= 2) await this.#copy();
    else throw new InflateError('a chunk of an unknown kind');
    return true;
  }

  async #copy(): Promise<void> {
    const size = (await this.#input.take(2)).readUInt16BE(0) + 1;
    const bytes = await this.#input.take(size);
    this.#makeRoom(size);
    this.#window.set(bytes, this.#length);
    this.#length += size;
  }

  async #decodeLzma(control: number): Promise<void> {
    const sizes = await this.#input.take(4);
    const size = ((control & 0x1f) << 16) + sizes.readUInt16BE(0) + 1;
    const compressed = sizes.readUInt16BE(2) + 1;
    this.#lzma ??= new LzmaDecoder();
    if (control >= 0xc0) this.#lzma.setProperties((await this.#input.take(1))[0] ?? 0);
    else if (this.#needs === 'properties') throw new InflateError('a chunk lacks its properties');
    if (control >= 0xa0) this.#lzma.resetState();
    this.#needs = 'nothing';
    this.#chunk.set(await this.#input.take(compressed));
    this.#makeRoom(size);
    const end = this.#length + size;
    this.#lzma.start(this.#chunk, 0);
    this.#lzma.decode({
      input: this.#chunk,
      inputStart: startBytes,
      inputLimit: compressed + 1,
      out: this.#window,
      outStart: this.#length,
      outEnd: end,
      dictionaryBytes: this.#dictionaryBytes,
    });
    if (this.#lzma.outEnd !== end || this.#lzma.inputEnd !== compressed || !this.#lzma.settled)
      throw new InflateError('a chunk has another size');
    this.#length = end;
  }

  /** Makes room for `size` more bytes: the window grows with what was decoded, and beyond the dictionary it moves. */
  #makeRoom(size: number): void {
    if (this.#length + size <= this.#window.byteLength) return;
    const bytesMax = this.#dictionaryBytes + roomBytes;
    if (this.#length + size <= bytesMax) {
      const grown = new Uint8Array(
        Math.min(bytesMax, Math.max(2 * this.#window.byteLength, this.#length + size)),
      );
      grown.set(this.#window.subarray(0, this.#length));
      this.#window = grown;
      return;
    }
    // By a multiple of 16, since the place in the content modulo 16 is part of how it is coded.
    const moved = (this.#length - this.#dictionaryBytes) & ~15;
    this.#window.copyWithin(0, moved, this.#length);
    this.#length -= moved;
    this.#given -= moved;
  }
}
