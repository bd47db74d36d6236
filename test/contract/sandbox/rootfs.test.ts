import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Environment } from '#schemas/recipe.ts';
import { ensureRootfs } from '#workers/rootfs/ensure-rootfs.ts';
import type { Rootfs } from '#workers/sandbox/sandbox.ts';
import type { z } from '@hono/zod-openapi';
import { testRootfs } from './test-rootfs.ts';

const environment: z.infer<typeof Environment> = {
  kind: 'debian',
  suite: 'bookworm',
  architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
  packages: [],
};

let original: Rootfs;
let folder: string;

beforeAll(async () => {
  original = await testRootfs();
  folder = await mkdtemp(join(tmpdir(), 'assay-rootfs-'));
  // All but the tree and the tar: what is left when the disk was cleaned.
  const cache = dirname(dirname(original.folder));
  for (const entry of await readdir(cache))
    if (entry === 'packages' || entry.endsWith('.json'))
      await cp(join(cache, entry), join(folder, entry), { recursive: true });
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a root file system whose tree was lost is made again from its kept packages alone, once for all who ask, with the same digest', async () => {
  const unroutable = { folder, mirror: 'http://192.0.2.1/debian' };
  const made = await Promise.all([1, 2, 3].map(() => ensureRootfs(environment, unroutable)));
  expect(made.map(({ sha256 }) => sha256)).toEqual([original.sha256, original.sha256, original.sha256]);
  expect(made[0]?.packages).toEqual(original.packages);
  expect((await readdir(folder)).filter((entry) => entry.startsWith('making-'))).toEqual([]);
  const pinned = await ensureRootfs(
    { ...environment, packages: ['absent'], rootfs: { sha256: original.sha256 } },
    unroutable,
  );
  expect(pinned.sha256).toBe(original.sha256);
}, 300_000);

test('a pinned root file system that is not here is refused, never replaced by another', async () => {
  const pinned = { ...environment, rootfs: { sha256: '0'.repeat(64) } };
  await expect(ensureRootfs(pinned, { folder })).rejects.toMatchObject({ code: 'missing-component' });
});

test('the tree holds nothing of this host, nothing that raises privileges, and what the sandboxes need', async () => {
  const read = (path: string) => readFile(join(original.folder, path), 'utf8');
  expect(await read('etc/hostname')).toBe('build\n');
  expect(await read('etc/resolv.conf')).toBe('');
  expect(await read('etc/passwd')).toContain('build:x:1000:1000:');
  const raised = await promisify(execFile)('find', [
    original.folder,
    '-xdev',
    '-type',
    'f',
    '-perm',
    '/6000',
  ]);
  expect(raised.stdout).toBe('');
  for (const path of ['work', 'run/assay', 'usr/bin/bwrap', 'usr/bin/socat'])
    await stat(join(original.folder, path));
});

test('every package of it is named with its version and digest', () => {
  const names = original.packages.map(({ name }) => name);
  for (const name of ['bubblewrap', 'ca-certificates', 'socat', 'libc6', 'dash'])
    expect(names).toContain(name);
});
