/** Bytes that can be read at any place: a file, or a nested archive held in memory. Synchronous, never cached here. */
export interface ByteSource {
  readonly size: number;
  /** The bytes of [offset, offset + length), fewer where the source ends. Neither is negative. The view stays valid. */
  read(offset: number, length: number): Uint8Array;
  /**
   * Fills `target` from `offset` on and gives how many bytes there were: for who goes through a whole file, in place of a
   * new buffer for each piece.
   */
  readInto?(target: Uint8Array, offset: number): number;
}

/** A source over bytes in memory. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.byteLength,
    read: (offset, length) => bytes.subarray(Math.max(offset, 0), Math.max(offset + length, 0)),
  };
}
