import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileCache } from '#services/gateway/file-cache.ts';

const sha256 = createHash('sha256').update('good\n').digest('hex');
let folder: string;
let cache: FileCache;
let fetches: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-file-cache-'));
  cache = await FileCache.open(join(folder, 'files'), 1000);
  fetches = 0;
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function fetch(path: string): Promise<number> {
  fetches += 1;
  await writeFile(path, 'good\n');
  return 5;
}

test('a file that is held is fetched once', async () => {
  await cache.fill(sha256, fetch);
  expect(await readFile((await cache.fill(sha256, fetch))?.path ?? '', 'utf8')).toBe('good\n');
  expect(fetches).toBe(1);
});

test('a held file that was changed, or is gone, is not given to a build but fetched again', async () => {
  const held = await cache.fill(sha256, fetch);
  await writeFile(held?.path ?? '', 'evil\n');
  expect(await readFile((await cache.fill(sha256, fetch))?.path ?? '', 'utf8')).toBe('good\n');
  await rm(held?.path ?? '');
  expect(await readFile((await cache.fill(sha256, fetch))?.path ?? '', 'utf8')).toBe('good\n');
  expect(fetches).toBe(3);
});
