import { execFile } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { mkdir, open, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildTar } from '#test/core/archive/build-tar.ts';
import { buildZip } from '#test/core/archive/build-zip.ts';

const run = promisify(execFile);
const megabyte = 1_000_000;
const sourceDateEpoch = 1_700_000_000;

/** Two files to be compared, made in the folder that they are asked for in; the same bytes each time. */
export interface Input {
  readonly name: string;
  readonly identical?: boolean;
  make(folder: string): Promise<readonly [string, string]>;
}

/** Bytes that do not compress, the same for the same seed. */
function noise(seed: number, length: number): Buffer {
  const key = Buffer.alloc(16, seed);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

const words = 'the of assay build import return class self value from name with path if not def for in'.split(
  ' ',
);

/** Lines of words, which compress about as source does. */
function prose(seed: number, length: number): Buffer {
  const choice = noise(seed, Math.ceil(length / 3));
  const parts: string[] = [];
  let size = 0;
  for (let index = 0; size < length; index += 1) {
    const byte = choice[index % choice.byteLength] ?? 0;
    const word = byte < 40 ? `x${byte * index}` : (words[byte % words.length] ?? '');
    const part = word + (index % 9 === 8 ? '\n' : ' ');
    parts.push(part);
    size += part.length;
  }
  return Buffer.from(parts.join('').slice(0, length));
}

/** `bytes` with some of them changed. */
function changed(bytes: Buffer, ...at: readonly number[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const index of at) copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}

async function pair(folder: string, name: string, a: Buffer, b: Buffer): Promise<readonly [string, string]> {
  const paths = [join(folder, `a-${name}`), join(folder, `b-${name}`)] as const;
  await writeFile(paths[0], a);
  await writeFile(paths[1], b);
  return paths;
}

/** A package of programs and texts; in the second one of them has one byte changed. */
async function debs(folder: string, differing: 'text' | 'program'): Promise<readonly [string, string]> {
  // A real program of this host, because what a program is looked into with depends on what it is.
  const program = await readFile('/bin/bash');
  const made = await Promise.all(
    ['a', 'b'].map(async (side) => {
      const root = join(folder, `deb-${side}`);
      const put = async (path: string, bytes: Buffer | string) => {
        const file = join(root, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, bytes);
        await utimes(file, sourceDateEpoch, sourceDateEpoch);
      };
      await put(
        'DEBIAN/control',
        'Package: sample\nVersion: 1.0\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: sample\n',
      );
      for (let index = 0; index < 6; index += 1)
        await put(`usr/lib/sample/data-${index}`, noise(index + 1, 320_000));
      for (let index = 0; index < 120; index += 1) {
        const text = prose(index + 20, 40_000);
        await put(
          `usr/share/sample/text-${index}.py`,
          differing === 'text' && index === 60 && side === 'b' ? changed(text, 20_000) : text,
        );
      }
      const code = program.indexOf('GNU bash');
      await put('usr/bin/bash', differing === 'program' && side === 'b' ? changed(program, code) : program);
      const deb = join(folder, `${side}.deb`);
      const env = { ...process.env, SOURCE_DATE_EPOCH: String(sourceDateEpoch) };
      await run('dpkg-deb', ['--root-owner-group', '--build', root, deb], { env });
      return deb;
    }),
  );
  return [made[0] ?? '', made[1] ?? ''];
}

function wheel(time: number): Buffer {
  return buildZip(
    Array.from({ length: 150 }, (_, index) => ({
      name: `sample/module_${index}.py`,
      data: prose(index + 1, 20_000),
      method: 8 as const,
      time,
    })),
  );
}

function tar(entries: number, bytesEach: number, differing?: number): Buffer {
  return buildTar(
    Array.from({ length: entries }, (_, index) => {
      const data = prose((index % 250) + 1, bytesEach);
      return {
        name: `sample/folder-${index % 100}/file-${index}.txt`,
        data: index === differing ? changed(data, bytesEach >> 1) : data,
        mtime: sourceDateEpoch,
      };
    }),
  );
}

function zip(entries: number, bytesEach: number, differing: number | undefined, time: number): Buffer {
  return buildZip(
    Array.from({ length: entries }, (_, index) => {
      const data = prose((index % 250) + 1, bytesEach);
      return {
        name: `sample/folder-${index % 100}/file-${index}.txt`,
        data: index === differing ? changed(data, bytesEach >> 1) : data,
        method: 8 as const,
        time,
      };
    }),
  );
}

/** Holes read as zeros, so that making them takes no time; both are read to the end all the same. */
async function large(folder: string): Promise<readonly [string, string]> {
  const size = 2_000 * megabyte;
  const paths = [join(folder, 'a-large'), join(folder, 'b-large')] as const;
  for (const [index, path] of paths.entries()) {
    await writeFile(path, '');
    await truncate(path, size);
    const file = await open(path, 'r+');
    await file.write(Buffer.of(index + 1), 0, 1, size - 5 * megabyte);
    await file.close();
  }
  return paths;
}

/** A worst case of ours: as much text as is ever held, all of it differing. */
function texts(side: number): Buffer {
  return buildTar(
    Array.from({ length: 64 }, (_, index) => {
      const text = prose(index + 1, 524_288);
      for (let at = side; at < text.byteLength; at += 2_000) text[at] = 0x23;
      return { name: `sample/text-${index}.txt`, data: text, mtime: sourceDateEpoch };
    }),
  );
}

export const inputs: readonly Input[] = [
  { name: 'two .debs of 4 MB, a text differs', make: (folder) => debs(folder, 'text') },
  { name: 'two .debs of 4 MB, a program differs', make: (folder) => debs(folder, 'program') },
  {
    name: 'wheel of 1 MB, other times',
    make: (folder) => pair(folder, 'sample-1.0-py3-none-any.whl', wheel(0x1883), wheel(0x2000)),
  },
  {
    name: 'tar of 51 MB, 2,000 entries, one differs',
    make: (folder) => pair(folder, 'large.tar', tar(2000, 25_000), tar(2000, 25_000, 1234)),
  },
  {
    name: 'tar of 20,000 entries, one differs',
    make: (folder) => pair(folder, 'many.tar', tar(20_000, 500), tar(20_000, 500, 12_345)),
  },
  {
    name: 'zip of 20,000 entries, one differs',
    make: (folder) =>
      pair(folder, 'many.zip', zip(20_000, 500, undefined, 0x1883), zip(20_000, 500, 12_345, 0x1883)),
  },
  {
    name: 'zip of 20,000 entries, other times',
    make: (folder) =>
      pair(folder, 'times.zip', zip(20_000, 500, undefined, 0x1883), zip(20_000, 500, undefined, 0x2000)),
  },
  {
    name: 'binary of 15 MB, 2 bytes differ',
    make: (folder) => {
      const bytes = noise(1, 15 * megabyte);
      return pair(folder, 'binary', bytes, changed(bytes, 4 * megabyte, 11 * megabyte));
    },
  },
  {
    name: 'two random files of 20 MB',
    make: (folder) => pair(folder, 'random', noise(1, 20 * megabyte), noise(2, 20 * megabyte)),
  },
  {
    name: '32 MiB of text on each side, all files differ',
    make: (folder) => pair(folder, 'texts.tar', texts(0), texts(1)),
  },
  {
    name: 'two identical files of 200 MB',
    identical: true,
    make: (folder) => {
      const bytes = noise(1, 200 * megabyte);
      return pair(folder, 'identical', bytes, bytes);
    },
  },
  { name: 'two files of 2 GB, one byte differs', make: large },
];
