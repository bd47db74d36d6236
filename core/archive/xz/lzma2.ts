import { InflateError } from '../inflate.ts';
import { LzmaDecoder, startBytes, symbolBytesMax } from '../lzma/lzma.ts';
import { SlidingWindow } from '../sliding-window.ts';
import type { XzInput } from './xz-input.ts';

const chunkBytesMax = 65_536;

/** Decodes the LZMA2 of one block, section 5.3.1: chunks of at most 2 MiB, each held as a whole. */
export class Lzma2Decoder {
  readonly #input: XzInput;
  readonly #window: SlidingWindow;
  readonly #chunk = new Uint8Array(chunkBytesMax + symbolBytesMax);
  #lzma: LzmaDecoder | undefined;
  #needs: 'dictionary' | 'properties' | 'nothing' = 'dictionary';

  constructor(input: XzInput, dictionaryBytes: number) {
    this.#input = input;
    this.#window = new SlidingWindow(dictionaryBytes);
  }

  /** The next decoded bytes, which stay as they are; undefined at the end. @throws Malformed, InflateError */
  async pull(): Promise<Uint8Array | undefined> {
    for (;;) {
      const bytes = this.#window.give();
      if (bytes !== undefined) return bytes;
      if (!(await this.#decodeChunk())) return undefined;
    }
  }

  /** False at the end of the block. */
  async #decodeChunk(): Promise<boolean> {
    const control = (await this.#input.take(1))[0] ?? 0;
    if (control === 0) return false;
    if (control === 1 || control >= 0xe0) {
      this.#window.reset();
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
    this.#window.makeRoom(size);
    this.#window.bytes.set(bytes, this.#window.length);
    this.#window.length += size;
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
    const window = this.#window;
    window.makeRoom(size);
    const end = window.length + size;
    this.#lzma.start(this.#chunk, 0);
    this.#lzma.decode(window, end, end, { input: this.#chunk, start: startBytes, limit: compressed + 1 });
    if (window.length !== end || this.#lzma.inputEnd !== compressed || !this.#lzma.settled)
      throw new InflateError('a chunk has another size');
  }
}
