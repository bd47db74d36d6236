import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Sha256 } from '#schemas/digest.ts';

/** A file that the gateway holds. */
export interface HeldFile {
  readonly path: string;
  readonly size: number;
}

/**
 * Files by digest in a folder of this process alone, least recently used first out. Nothing gets in but by `fill`,
 * whose bytes were checked, and all are digested again whenever they are asked for.
 */
export class FileCache {
  readonly #folder: string;
  readonly #bytesMax: number;
  readonly #held = new Map<Sha256, HeldFile>();
  readonly #filling = new Map<Sha256, Promise<HeldFile | undefined>>();
  #bytes = 0;

  private constructor(folder: string, bytesMax: number) {
    this.#folder = folder;
    this.#bytesMax = bytesMax;
  }

  /** Empties `folder` first: what an earlier process left there half-written is not believed. */
  static async open(folder: string, bytesMax: number): Promise<FileCache> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
    return new FileCache(folder, bytesMax);
  }

  /**
   * The file of that digest; `fetch` brings it to the path that it is given and says its size, or undefined where it
   * cannot be had. Askers at the same time share one fetch.
   */
  async fill(
    sha256: Sha256,
    fetch: (path: string) => Promise<number | undefined>,
  ): Promise<HeldFile | undefined> {
    const held = this.#held.get(sha256);
    if (held && (await isStill(held, sha256))) {
      this.#held.delete(sha256);
      this.#held.set(sha256, held);
      return held;
    }
    if (held) this.#forget(sha256, held);
    const running = this.#filling.get(sha256);
    if (running) return running;
    const filling = this.#fetch(sha256, fetch).finally(() => this.#filling.delete(sha256));
    this.#filling.set(sha256, filling);
    return filling;
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #fetch(
    sha256: Sha256,
    fetch: (path: string) => Promise<number | undefined>,
  ): Promise<HeldFile | undefined> {
    const part = join(this.#folder, `part-${randomUUID()}`);
    try {
      if ((await fetch(part)) === undefined) return undefined;
      const path = join(this.#folder, Sha256.parse(sha256));
      await rename(part, path);
      const held = { path, size: (await stat(path)).size };
      this.#held.set(sha256, held);
      this.#bytes += held.size;
      await this.#evict(sha256);
      return held;
    } finally {
      await rm(part, { force: true });
    }
  }

  /** What is not as it was put here is as if it were not here. */
  #forget(sha256: Sha256, held: HeldFile): void {
    if (this.#held.get(sha256) !== held) return;
    this.#held.delete(sha256);
    this.#bytes -= held.size;
  }

  /** A file that is being sent stays readable through its descriptor. */
  async #evict(newest: Sha256): Promise<void> {
    for (const [sha256, held] of this.#held) {
      if (this.#bytes <= this.#bytesMax || sha256 === newest) return;
      this.#held.delete(sha256);
      this.#bytes -= held.size;
      await rm(held.path, { force: true });
    }
  }
}

async function isStill({ path }: HeldFile, sha256: Sha256): Promise<boolean> {
  const hash = createHash('sha256');
  const read = await pipeline(createReadStream(path), hash).then(
    () => true,
    () => false,
  );
  return read && hash.digest('hex') === sha256;
}
