import { execFile } from 'node:child_process';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const listBytesMax = 256 * 1024 ** 2;

/**
 * Every entry below `tree`, sorted: path, type, mode, owner, size, times of content and of inode, inode, target of a link.
 * The time of the inode (ctime) cannot be set, so a file that was written again shows even with its old times put back.
 */
async function listTree(tree: string): Promise<string[]> {
  const format = '%P\\t%y %#m %U %G %s %T@ %C@ %i %l\\0';
  const { stdout } = await promisify(execFile)('find', [tree, '-mindepth', '1', '-printf', format], {
    maxBuffer: listBytesMax,
    encoding: 'latin1',
  });
  return stdout
    .split('\0')
    .filter((entry) => entry !== '')
    .sort();
}

/** Records in `file` how `tree` is now, just after it was unpacked. */
export async function recordTree(tree: string, file: string): Promise<void> {
  await writeFile(`${file}.partial`, (await listTree(tree)).join('\0'), 'latin1');
  await rename(`${file}.partial`, file);
}

/** How a tree stands to its record: `entries` where all of it is as it was, else the first path that is not. */
export type TreeState = { readonly entries: number } | { readonly changed: string };

/** Compares `tree` with what `recordTree` wrote into `file`. Where there is no record nothing is known of the tree. */
export async function checkTree(tree: string, file: string): Promise<TreeState> {
  const recorded = await readFile(file, 'latin1').catch(() => undefined);
  if (recorded === undefined) return { changed: 'there is no record of it' };
  const now = await listTree(tree).catch(() => []);
  if (now.join('\0') === recorded) return { entries: now.length };
  const before = new Set(recorded.split('\0'));
  const after = new Set(now);
  const entry = now.find((each) => !before.has(each)) ?? [...before].find((each) => !after.has(each)) ?? '';
  const path = Buffer.from(entry.split('\t')[0] ?? '', 'latin1').toString('utf8');
  return { changed: JSON.stringify(path.slice(0, 120)) };
}
