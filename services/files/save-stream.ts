import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';

/**
 * Writes what `pump` puts into the stream to a file at `path` (0600), over one that is there. Where `pump` fails, the
 * file is closed and removed by the time this fails with the same error. A pipeline alone ends before its file is closed,
 * or even opened: what is removed then may come back.
 */
export async function saveStream(path: string, pump: (file: WriteStream) => Promise<void>): Promise<void> {
  const file = createWriteStream(path, { mode: 0o600 });
  // `pump` is told of it; that it comes once more, while the file is closed, ends no process.
  file.on('error', () => undefined);
  try {
    await pump(file);
  } catch (error) {
    if (!file.closed) await new Promise<void>((resolve) => void file.destroy().once('close', resolve));
    await rm(path, { force: true });
    throw error;
  }
}
