import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc64 } from './crc64.ts';

/** The check over a block's content, as the stream's flags choose it. `digest` is what the block should store. */
export interface BlockCheck {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

class Crc32 implements BlockCheck {
  #value = 0;

  update(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value);
  }

  digest(): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(this.#value, 0);
    return bytes;
  }
}

class NoCheck implements BlockCheck {
  update(): void {}

  digest(): Buffer {
    return Buffer.alloc(0);
  }
}

/** The kinds of check that are defined, section 2.1.1.2 of the .xz format. */
const kinds: ReadonlyMap<number, () => BlockCheck> = new Map<number, () => BlockCheck>([
  [0, () => new NoCheck()],
  [1, () => new Crc32()],
  [4, () => new Crc64()],
  [10, () => createHash('sha256')],
]);

/** Begins a check of this kind; undefined where no such kind is defined. */
export function startCheck(kind: number): BlockCheck | undefined {
  return kinds.get(kind)?.();
}
