import { execFileSync } from 'node:child_process';

/** What the real `bzip2` makes of `data`. */
export function compressBzip2(data: Buffer | string, ...options: string[]): Buffer {
  return execFileSync('bzip2', ['--stdout', ...options], { input: data, maxBuffer: 256 * 1024 ** 2 });
}
