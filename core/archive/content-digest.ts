import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { blockBytes } from './entry.ts';

const noBlocks: readonly number[] = [];

/** Digests a content as it streams by. */
export class ContentDigest {
  size = 0;
  readonly #sha256 = createHash('sha256');
  readonly #blocks: number[] = [];
  #crc = 0;
  #filled = 0;

  add(bytes: Uint8Array): void {
    this.#sha256.update(bytes);
    this.size += bytes.byteLength;
    let at = 0;
    while (at < bytes.byteLength) {
      const piece = bytes.subarray(at, at + blockBytes - this.#filled);
      this.#crc = crc32(piece, this.#crc);
      this.#filled += piece.byteLength;
      at += piece.byteLength;
      if (this.#filled === blockBytes) this.#flush();
    }
  }

  #flush(): void {
    this.#blocks.push(this.#crc);
    this.#crc = 0;
    this.#filled = 0;
  }

  end(): { size: number; sha256: string; blocks: readonly number[] } {
    if (this.#filled > 0) this.#flush();
    const blocks = this.#blocks.length > 1 ? this.#blocks : noBlocks;
    return { size: this.size, sha256: this.#sha256.digest('hex'), blocks };
  }
}
