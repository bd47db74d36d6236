import { MalformedBinary, type BinaryReader } from './binary-reader.ts';

/** Reads one thing after the other. All methods throw MalformedBinary where the bytes end too early. */
export class ForwardReader {
  readonly reader: BinaryReader;
  at: number;
  readonly end: number;

  constructor(reader: BinaryReader, at = 0, end = reader.size) {
    this.reader = reader;
    this.at = at;
    this.end = end;
  }

  get ended(): boolean {
    return this.at >= this.end;
  }

  #step(size: number): number {
    const at = this.at;
    if (!(size >= 0 && at + size <= this.end)) throw new MalformedBinary('it ends too early');
    this.at = at + size;
    return at;
  }

  u8(): number {
    return this.reader.u8(this.#step(1));
  }

  u16(): number {
    return this.reader.u16(this.#step(2));
  }

  u32(): number {
    return this.reader.u32(this.#step(4));
  }

  i32(): number {
    return this.reader.i32(this.#step(4));
  }

  /** An unsigned LEB128 number of up to 32 bits. */
  leb32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new MalformedBinary('a number that does not end');
  }

  take(size: number): Uint8Array {
    return this.reader.slice(this.#step(size), size);
  }

  /** Another reader over the next `size` bytes, which this one steps over. */
  within(size: number): ForwardReader {
    const at = this.#step(size);
    return new ForwardReader(this.reader, at, at + size);
  }
}
