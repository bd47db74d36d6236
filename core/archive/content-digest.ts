import { createHash, hash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { blockBytes } from './entry.ts';

const noBlocks: readonly number[] = [];

/** Digests a content as it streams by. */
export class ContentDigest {
  size = 0;
  /** The only piece so far, digested by itself: most contents come as one, and a hash object for each is slow. */
  #only: Uint8Array | undefined;
  #sha256: Hash | undefined;
  readonly #blocks: number[] = [];
  #crc = 0;
  #filled = 0;

  /** `bytes` must stay as they are until the next call. */
  add(bytes: Uint8Array): void {
    if (this.size === 0) this.#only = bytes;
    else {
      this.#sha256 ??= createHash('sha256').update(this.#only ?? bytes);
      this.#only = undefined;
      this.#sha256.update(bytes);
    }
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
    const sha256 = this.#sha256?.digest('hex') ?? hash('sha256', this.#only ?? new Uint8Array(0), 'hex');
    return { size: this.size, sha256, blocks };
  }
}
