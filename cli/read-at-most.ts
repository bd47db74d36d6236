import { open } from 'node:fs/promises';

/**
 * The bytes of a file, at most one more than `bytesMax`: so that a larger one is seen to be too large, and is neither cut
 * to fit nor held in memory. Whatever is named may be no ordinary file.
 */
export async function readAtMost(path: string, bytesMax: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(Math.min((await file.stat()).size || bytesMax, bytesMax) + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === bytes.length) return bytes.subarray(0, length);
    }
  } finally {
    await file.close();
  }
}
