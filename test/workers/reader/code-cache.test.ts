import { chmod, mkdtemp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findOrFill } from '#workers/reader/code-cache.ts';
import { findTools } from '#workers/reader/confinement.ts';

const tools = findTools('/usr/bin:/bin');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-code-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the reader's compiled code", { timeout: 60_000 }, () => {
  it('is made once, holds an entry for each module, and only its owner can change it', async () => {
    const made = await findOrFill(tools, folder);
    const entries = await readdir(made ?? '', { recursive: true });
    expect(entries.length).toBeGreaterThan(60);
    const { mtimeMs, mode } = await stat(made ?? '');
    expect(mode & 0o022).toBe(0);
    expect(await findOrFill(tools, folder)).toBe(made);
    expect((await stat(made ?? '')).mtimeMs).toBe(mtimeMs);
    expect(await readdir(folder)).toEqual([basename(made ?? '')]);
  });

  it('of another version is removed when this one is made, and nothing else is', async () => {
    const [old, other] = [join(folder, 'reader-0123456789abcdef'), join(folder, 'v24.0.0-x64')];
    await mkdir(join(old, 'entries'), { recursive: true });
    await mkdir(other);
    const made = await findOrFill(tools, folder);
    expect((await readdir(folder)).sort()).toEqual([basename(made ?? ''), 'v24.0.0-x64'].sort());
  });

  it('that anybody can write to is not believed', async () => {
    const made = await findOrFill(tools, folder);
    await chmod(made ?? '', 0o777);
    expect(await findOrFill(tools, folder)).toBeUndefined();
  });
});
