/** The bytes break the rules of the format that they looked like. Never leaves an inspector: see `unlessMalformed`. */
export class MalformedBinary extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedBinary';
  }
}

/** What `read` gives; undefined where the bytes are malformed. */
export function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedBinary) return undefined;
    throw error;
  }
}

/** Reads numbers and texts at any place, in one byte order; each place is checked. All methods throw MalformedBinary. */
export class BinaryReader {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.bytes = bytes;
    this.littleEndian = littleEndian;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get size(): number {
    return this.bytes.byteLength;
  }

  #check(at: number, size: number): void {
    if (!(at >= 0 && size >= 0 && at + size <= this.size)) throw new MalformedBinary('it ends too early');
  }

  u8(at: number): number {
    this.#check(at, 1);
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, this.littleEndian);
  }

  u32(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, this.littleEndian);
  }

  i32(at: number): number {
    this.#check(at, 4);
    return this.#view.getInt32(at, this.littleEndian);
  }

  /** Eight bytes as they are: an address can use all of them. */
  u64(at: number): bigint {
    this.#check(at, 8);
    return this.#view.getBigUint64(at, this.littleEndian);
  }

  /** Eight bytes that count or place bytes of this file; what no file can hold is a number beyond any size. */
  size64(at: number): number {
    return Number(this.u64(at));
  }

  slice(at: number, size: number): Uint8Array {
    this.#check(at, size);
    return this.bytes.subarray(at, at + size);
  }

  /** A text that ends with NUL, or with the bytes; at most `max` bytes of it. */
  text(at: number, max = 1024): string {
    this.#check(at, 0);
    const piece = this.bytes.subarray(at, at + max);
    const end = piece.indexOf(0);
    return Buffer.from(piece.buffer, piece.byteOffset, end === -1 ? piece.byteLength : end).toString('utf8');
  }
}

/** `0x…` */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** Bytes as hexadecimal digits, the first `max` of them. */
export function hexBytes(bytes: Uint8Array, max = 64): string {
  const digits = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, max)).toString('hex');
  return bytes.byteLength > max ? `${digits}…` : digits;
}
