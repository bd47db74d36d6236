import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { verifyBytes } from '#core/digest/verify-bytes.ts';
import { AppError } from '#core/errors/app-error.ts';
import { Sha256, type ObjectRef } from '#schemas/digest.ts';
import type { ObjectStore } from './object-store.ts';
import { TemporaryFiles } from './temporary-files.ts';

/**
 * Objects in a folder: `sha256/ab/abcd…` (read-only files), half-written ones under `tmp/`. An object appears by rename(2)
 * after its bytes are on the disk; so it is whole whenever it is seen, also by other processes and after a power cut.
 * Stored again, it counts as new for retention.
 */
export class FolderStore implements ObjectStore {
  readonly #objects: string;
  readonly #temporary: TemporaryFiles;

  private constructor(objects: string, temporary: TemporaryFiles) {
    this.#objects = objects;
    this.#temporary = temporary;
  }

  /** Makes the folder where it is absent. @throws AppError `unavailable` */
  static async open(folder: string): Promise<FolderStore> {
    try {
      const objects = join(folder, 'sha256');
      await mkdir(objects, { recursive: true, mode: 0o700 });
      return new FolderStore(objects, await TemporaryFiles.open(join(folder, 'tmp')));
    } catch (error) {
      throw unavailable(error);
    }
  }

  async put(sha256: Sha256, bytes: Readable, options: { sizeMax: number }): Promise<ObjectRef> {
    const half = this.#temporary.next();
    try {
      const size = await writeVerified(half, sha256, bytes, options.sizeMax);
      await this.#publish(half, this.#path(sha256));
      return { digest: { sha256 }, size };
    } catch (error) {
      bytes.destroy();
      throw error instanceof AppError ? error : unavailable(error);
    } finally {
      await rm(half, { force: true });
    }
  }

  async get(sha256: Sha256, range?: readonly [number, number]): Promise<Readable | undefined> {
    // Opened here and now, so that a removal meanwhile takes nothing from this reader.
    const file = await open(this.#path(sha256)).catch(absent);
    if (file === undefined) return undefined;
    if (range === undefined) return createReadStream('', { fd: file });
    const [start, end] = range;
    return createReadStream('', { fd: file, start, end });
  }

  async size(sha256: Sha256): Promise<number | undefined> {
    return (await stat(this.#path(sha256)).catch(absent))?.size;
  }

  async remove(sha256: Sha256): Promise<void> {
    await rm(this.#path(sha256), { force: true }).catch((error: unknown) => {
      throw unavailable(error);
    });
  }

  async *list(): AsyncIterable<{ sha256: Sha256; size: number; storedAt: Date }> {
    const shards = (await readdir(this.#objects)).filter((name) => /^[0-9a-f]{2}$/.test(name));
    for (const shard of shards) {
      for (const name of (await readdir(join(this.#objects, shard)).catch(absent)) ?? []) {
        const sha256 = Sha256.safeParse(name);
        const file = sha256.success ? await stat(this.#path(sha256.data)).catch(absent) : undefined;
        if (sha256.success && file !== undefined) {
          yield { sha256: sha256.data, size: file.size, storedAt: file.mtime };
        }
      }
    }
  }

  async close(): Promise<void> {
    // Nothing is held open between calls.
  }

  #path(sha256: Sha256): string {
    // Parsed again: a digest is the one thing from outside that becomes a path.
    const digest = Sha256.parse(sha256);
    return join(this.#objects, digest.slice(0, 2), digest);
  }

  async #publish(half: string, path: string): Promise<void> {
    if ((await mkdir(dirname(path), { recursive: true, mode: 0o700 })) !== undefined)
      await sync(this.#objects);
    await rename(half, path);
    await sync(dirname(path));
  }
}

async function writeVerified(
  path: string,
  sha256: Sha256,
  source: Readable,
  sizeMax: number,
): Promise<number> {
  const verified = verifyBytes(source, sha256, sizeMax);
  const file = await open(path, 'wx', 0o400);
  try {
    for await (const chunk of verified.bytes) await file.writeFile(chunk);
    await file.sync();
    return verified.size;
  } finally {
    await file.close();
  }
}

/** fsync(2) of a folder: without it a rename in it may be lost with the power. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw unavailable(error);
}

function unavailable(error: unknown): AppError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('quota-exceeded', 'the disk that holds the objects is full', {
      hint: 'free space, or lower ASSAY_RETENTION_DAYS',
      cause: error,
    });
  }
  return new AppError('unavailable', `the folder of the objects cannot be used: ${code ?? String(error)}`, {
    hint: 'see ASSAY_OBJECTS_URL',
    cause: error,
  });
}
