import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkTree, recordTree } from '#workers/rootfs/tree-list.ts';

let folder: string;
let tree: string;
let record: string;
const old = new Date('2020-01-01T00:00:00Z');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-tree-'));
  tree = join(folder, 'tree');
  record = join(folder, 'tree.list');
  await mkdir(join(tree, 'usr', 'bin'), { recursive: true });
  await writeFile(join(tree, 'usr', 'bin', 'tool'), 'good\n');
  await utimes(join(tree, 'usr', 'bin', 'tool'), old, old);
  await symlink('tool', join(tree, 'usr', 'bin', 'other\nname'));
  await recordTree(tree, record);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('a tree that nobody touched is as it was recorded', async () => {
  expect(await checkTree(tree, record)).toEqual({ entries: 4 });
});

test('a file of the same size with its old times put back shows', async () => {
  await writeFile(join(tree, 'usr', 'bin', 'tool'), 'evil\n');
  await utimes(join(tree, 'usr', 'bin', 'tool'), old, old);
  expect(await checkTree(tree, record)).toEqual({ changed: '"usr/bin/tool"' });
});

test('a file that was added, or removed, shows', async () => {
  await writeFile(join(tree, 'usr', 'more'), '');
  expect(await checkTree(tree, record)).toMatchObject({ changed: expect.stringContaining('usr') as string });
  await recordTree(tree, record);
  await rm(join(tree, 'usr', 'more'));
  expect(await checkTree(tree, record)).toMatchObject({ changed: expect.stringContaining('usr') as string });
});

test('a tree without a record, or that is not there, is not known to be whole', async () => {
  expect(await checkTree(tree, join(folder, 'none'))).toHaveProperty('changed');
  await rm(tree, { recursive: true });
  expect(await checkTree(tree, record)).toHaveProperty('changed');
});
