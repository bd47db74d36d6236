import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const sizeBytesMax = 8 * 1024 * 1024;

/** The log of one process, appended to; what grew too large is set aside once, so two files at most are kept. */
export async function openLog(folder: string, name: string): Promise<FileHandle> {
  const path = join(folder, `${name}.log`);
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > sizeBytesMax) await rename(path, `${path}.1`);
  return open(path, 'a', 0o600);
}

/** The end of a log, to explain a start that failed. */
export async function lastWords(folder: string, name: string): Promise<string> {
  const file = await open(join(folder, `${name}.log`), 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, 2000));
    await file.read(bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8').split('\n').slice(-12).join('\n').trim();
  } finally {
    await file.close();
  }
}
