import { createHash, hash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { blockBytes } from './entry.ts';

const noBlocks: readonly number[] = [];
const nothing = new Uint8Array(0);

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
    const first = this.size === 0;
    this.size += bytes.byteLength;
    if (first) {
      this.#only = bytes;
      return;
    }
    if (this.#sha256 === undefined) {
      const only = this.#only ?? bytes;
      this.#sha256 = createHash('sha256').update(only);
      this.#only = undefined;
      this.#addBlocks(only);
    }
    this.#sha256.update(bytes);
    this.#addBlocks(bytes);
  }

  #addBlocks(bytes: Uint8Array): void {
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
    const only = this.#sha256 === undefined ? (this.#only ?? nothing) : undefined;
    // A single block tells nothing that the digest does not.
    if (only !== undefined && only.byteLength > blockBytes) this.#addBlocks(only);
    if (this.#filled > 0) this.#flush();
    const blocks = this.#blocks.length > 1 ? this.#blocks : noBlocks;
    const sha256 = only === undefined ? (this.#sha256?.digest('hex') ?? '') : hash('sha256', only, 'hex');
    return { size: this.size, sha256, blocks };
  }
}

/** What `ContentDigest` tells of a content that is at hand as a whole. */
export function digestWhole(bytes: Uint8Array): ReturnType<ContentDigest['end']> {
  if (bytes.byteLength <= blockBytes)
    return { size: bytes.byteLength, sha256: hash('sha256', bytes, 'hex'), blocks: noBlocks };
  const digest = new ContentDigest();
  digest.add(bytes);
  return digest.end();
}
