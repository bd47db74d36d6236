import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FolderStore } from '#services/objects/folder-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = Buffer.from('an object');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const stream = () => Readable.from([bytes], { objectMode: false });

it(
  'removes the half-written files of a process that was killed, and leaves those of a living one',
  { timeout: 60_000 },
  async () => {
    const store = await FolderStore.open(folder);
    const source = new PassThrough();
    const putting = store.put(sha256, source, { sizeMax: 1000 });
    source.write(bytes.subarray(0, 2));
    const mine = await untilOne(join(folder, 'tmp'));

    const script = `
    import { FolderStore } from ${JSON.stringify(import.meta.resolve('#services/objects/folder-store.ts'))};
    import { PassThrough } from 'node:stream';
    const store = await FolderStore.open(process.argv[1]);
    const source = new PassThrough();
    source.write('half');
    void store.put(${JSON.stringify(sha256)}, source, { sizeMax: 1000 });
    setInterval(() => undefined, 1000);
    process.stdout.write('putting');`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');

    await FolderStore.open(folder);
    expect(await readdir(join(folder, 'tmp'))).toEqual([mine]);
    source.end(bytes.subarray(2));
    await putting;
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  },
);

it('goes on giving an object that is removed while it is read', async () => {
  const store = await FolderStore.open(folder);
  await store.put(sha256, stream(), { sizeMax: 1000 });
  const reading = await store.get(sha256);
  await store.remove(sha256);
  expect(reading && (await text(reading))).toBe('an object');
});

it('keeps objects read-only and out of reach of other users', async () => {
  const store = await FolderStore.open(folder);
  await store.put(sha256, stream(), { sizeMax: 1000 });
  const shard = join(folder, 'sha256', sha256.slice(0, 2));
  expect(((await stat(join(shard, sha256))).mode & 0o777).toString(8)).toBe('400');
  expect(((await stat(join(folder, 'sha256'))).mode & 0o777).toString(8)).toBe('700');
});

it('does not list what is not an object', async () => {
  const store = await FolderStore.open(folder);
  await store.put(sha256, stream(), { sizeMax: 1000 });
  await writeFile(join(folder, 'sha256', sha256.slice(0, 2), 'notes.txt'), 'mine');
  await writeFile(join(folder, 'sha256', 'README'), 'mine');
  const listed = [];
  for await (const object of store.list()) listed.push(object.sha256);
  expect(listed).toEqual([sha256]);
});

it('says that the folder cannot be used when a file is in its place', async () => {
  await writeFile(join(folder, 'taken'), '');
  await expect(FolderStore.open(join(folder, 'taken'))).rejects.toMatchObject({ code: 'unavailable' });
});

it('says that the store is unavailable when the folder is gone', async () => {
  const store = await FolderStore.open(folder);
  await rm(folder, { recursive: true });
  await mkdir(folder);
  await chmod(folder, 0o700);
  await expect(store.put(sha256, stream(), { sizeMax: 1000 })).rejects.toMatchObject({ code: 'unavailable' });
});

/** The name of the one file in a folder, as soon as there is one. */
async function untilOne(path: string): Promise<string> {
  for (;;) {
    const [name] = await readdir(path);
    if (name !== undefined) return name;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
