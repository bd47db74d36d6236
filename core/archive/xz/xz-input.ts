import type { Cursor } from '../cursor.ts';
import { Malformed } from '../malformed.ts';
import type { Place } from '../reading.ts';

/** The compressed bytes of an xz stream, of which each is seen by `onTaken` when it is taken. */
export class XzInput {
  readonly #place: Place;
  readonly #cursor: Cursor;
  readonly #onTaken: (bytes: Uint8Array) => void;

  constructor(place: Place, cursor: Cursor, onTaken: (bytes: Uint8Array) => void) {
    this.#place = place;
    this.#cursor = cursor;
    this.#onTaken = onTaken;
  }

  get position(): number {
    return this.#cursor.position;
  }

  /** The next byte, without moving. @throws Malformed */
  async peekByte(): Promise<number> {
    return (await this.#cursor.peek(1))[0] ?? this.broken('it ends inside a stream');
  }

  /** Exactly `length` bytes, valid until the next call. @throws Malformed */
  async take(length: number): Promise<Buffer> {
    const offset = this.position;
    const bytes = await this.#cursor.take(length);
    if (bytes.byteLength < length) this.broken('it ends inside a stream', offset);
    this.#onTaken(bytes);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Takes the zero bytes that fill up `size` to a multiple of four. @throws Malformed */
  async takePadding(size: number, what: string): Promise<Buffer> {
    const padding = await this.take((4 - (size % 4)) % 4);
    if (padding.some((byte) => byte !== 0)) this.broken(`the padding of ${what} is not zero`);
    return padding;
  }

  broken(message: string, offset = this.position): never {
    throw new Malformed(this.#place, message, offset);
  }
}
