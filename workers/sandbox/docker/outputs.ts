import { type FileHandle, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { workFolder } from '../layout.ts';

/**
 * Run where no process of the build is left, with the outputs' paths as arguments: for each one that is a regular file,
 * reached through no link, its size and path, each ended by NUL, then its bytes. What is missing is left out.
 */
export const handoverScript = `
cd ${workFolder} || exit 1
for path do
  part=. rest=$path/
  while [ -n "$rest" ]; do
    part=$part/\${rest%%/*} rest=\${rest#*/}
    if [ -L "$part" ]; then continue 2; fi
  done
  if [ ! -f "$part" ]; then continue; fi
  chmod u+r -- "$part" || exit 1
  stat --printf='%s\\0' -- "$part" || exit 1
  printf '%s\\0' "$path"
  cat -- "$part" || exit 1
done
`;

/** What arrived; `tooLarge` is the output with which all of them became more than the limit allows: none after it was read. */
export interface Handover {
  readonly outputs: readonly { path: string; size: number }[];
  readonly tooLarge?: { path: string; size: number };
}

const sizeDigitsMax = 16;
const pathBytesMax = 4 * 1024;

/** A stream read by counted bytes and by NUL-ended words. */
class Reader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(bytes: AsyncIterable<Buffer>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  /** At least one byte, or none at the end. */
  async some(): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) break;
      this.#rest = next.value;
    }
    return this.#rest;
  }

  skip(count: number): void {
    this.#rest = this.#rest.subarray(count);
  }

  /** The bytes up to the next NUL; null at the end of the stream. */
  async word(bytesMax: number): Promise<Buffer | null> {
    const pieces: Buffer[] = [];
    let length = 0;
    for (;;) {
      const piece = await this.some();
      if (piece.length === 0 && length === 0) return null;
      const end = piece.indexOf(0);
      const taken = end < 0 ? piece : piece.subarray(0, end);
      length += taken.length;
      if (piece.length === 0 || length > bytesMax) throw malformed();
      pieces.push(taken);
      this.skip(end < 0 ? piece.length : end + 1);
      if (end >= 0) return Buffer.concat(pieces);
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

function malformed(): AppError {
  return new AppError('unavailable', 'the hand-over of the outputs was cut short or is not of its form');
}

/**
 * Writes what `handoverScript` says into `folder`, an empty folder of the host: only the paths that were asked for, each
 * once, as regular files of their own making, at most `bytesMax` bytes together.
 * @throws AppError `unavailable` when the stream is cut short or not of the form: ours, the build has ended long before
 */
export async function receiveOutputs(
  bytes: AsyncIterable<Buffer>,
  asked: readonly string[],
  folder: string,
  bytesMax: number,
): Promise<Handover> {
  const reader = new Reader(bytes);
  const missing = new Set(asked);
  const outputs: { path: string; size: number }[] = [];
  let bytesLeft = bytesMax;
  try {
    for (;;) {
      const digits = (await reader.word(sizeDigitsMax))?.toString('latin1');
      if (digits === undefined) return { outputs };
      const name = (await reader.word(pathBytesMax))?.toString('utf8');
      const size = Number(digits);
      if (name === undefined || !/^\d+$/.test(digits) || !missing.delete(name)) throw malformed();
      if (size > bytesLeft) return { outputs, tooLarge: { path: name, size } };
      bytesLeft -= size;
      await receiveFile(reader, size, path.join(folder, name));
      outputs.push({ path: name, size });
    }
  } finally {
    await reader.close();
  }
}

async function receiveFile(reader: Reader, size: number, target: string): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  const file = await open(target, 'wx', 0o600);
  try {
    await copyBytes(reader, size, file);
  } finally {
    await file.close();
  }
}

async function copyBytes(reader: Reader, size: number, file: FileHandle): Promise<void> {
  let left = size;
  while (left > 0) {
    const piece = (await reader.some()).subarray(0, left);
    if (piece.length === 0) throw malformed();
    await file.writeFile(piece);
    reader.skip(piece.length);
    left -= piece.length;
  }
}
