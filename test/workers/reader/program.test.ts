import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findOrMake, sources, type ReaderProgram } from '#workers/reader/program.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-reader-program-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fileOf = (program: ReaderProgram) => join(program.folder, program.main);

describe("the reader's program", { timeout: 60_000 }, () => {
  it('is one file, made once, that only its owner can change', async () => {
    const made = await findOrMake(folder);
    expect(made).toEqual({ folder, parts: [made.main], main: made.main });
    const { mtimeMs, mode } = await stat(fileOf(made));
    expect(mode & 0o777).toBe(0o644);
    expect(await findOrMake(folder)).toEqual(made);
    expect((await stat(fileOf(made))).mtimeMs).toBe(mtimeMs);
    expect(await readdir(folder)).toEqual([made.main]);
  });

  it('is made by two at the same time without harm', async () => {
    const [one, other] = await Promise.all([findOrMake(folder), findOrMake(folder)]);
    expect(one).toEqual(other);
    expect(await readdir(folder)).toEqual([one.main]);
  });

  it('of another version is kept for a day, as running processes may need it, and nothing else is removed', async () => {
    const [old, recent] = ['reader-0123456789abcdef.mjs', 'reader-fedcba9876543210.mjs'];
    for (const name of [old, recent, 'notes.txt']) await writeFile(join(folder, name), '');
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
    // Left by a process that was killed while it made one.
    await mkdir(join(folder, 'making-abc123'));
    await writeFile(join(folder, 'making-abc123', old), '');
    for (const name of [old, 'notes.txt', 'making-abc123'])
      await utimes(join(folder, name), twoDaysAgo, twoDaysAgo);
    const made = await findOrMake(folder);
    expect((await readdir(folder)).sort()).toEqual(['notes.txt', made.main, recent].sort());
  });

  it.each([
    ['that anybody can write to', 0o666],
    ['that its group can write to', 0o664],
  ])('%s is not believed: the modules are run', async (_, mode) => {
    await chmod(fileOf(await findOrMake(folder)), mode);
    expect(await findOrMake(folder)).toBe(sources);
  });
});
