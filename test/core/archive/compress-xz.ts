import { execFileSync } from 'node:child_process';

/** What the real `xz` makes of `data`. */
export function compressXz(data: Buffer | string, ...options: string[]): Buffer {
  return execFileSync('xz', ['--stdout', '--threads=1', ...options], {
    input: data,
    maxBuffer: 256 * 1024 ** 2,
  });
}
