import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDiffoscope } from '#workers/diffoscope/run-diffoscope.ts';
import { buildTar } from '#test/core/archive/build-tar.ts';
import { runInProcess } from '#test/harness/cli/run-in-process.ts';

let folder: string;
const tar = (data: string) => buildTar([{ name: 'greeting', data, mtime: 0 }]);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-diffoscope-'));
  await writeFile(join(folder, 'a'), tar('hello\n'));
  await writeFile(join(folder, 'b'), tar('he\u001b[31mllo\n'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('diffoscope, asked for a second opinion', { timeout: 60_000 }, () => {
  it('says what it found in both files, with nothing in it that a terminal would obey', async () => {
    const { lines, cut } = await runDiffoscope(join(folder, 'a'), join(folder, 'b'));
    expect(cut).toBeUndefined();
    expect(lines.join('\n')).toContain('-hello');
    expect(lines.join('\n')).toContain('greeting');
    expect(lines.join('\n')).not.toContain('\u001b');
  });

  it('is told neither the names of the files nor where they are', async () => {
    await symlink(join(folder, 'b'), join(folder, 'link'));
    const { lines } = await runDiffoscope(join(folder, 'a'), join(folder, 'link'));
    expect(lines.slice(0, 2)).toEqual(['--- /in/first', '+++ /in/second']);
    expect(lines.join('\n')).not.toContain(folder);
  });

  it('is ended at its bound of time, and that is said', async () => {
    const { cut } = await runDiffoscope(join(folder, 'a'), join(folder, 'b'), { timeMs: 1 });
    expect(cut).toBe('diffoscope was ended after 1 ms');
  });

  it('stands below our own report, and changes neither that nor the exit code', async () => {
    const own = await runInProcess(['diff', 'a', 'b'], { cwd: folder });
    const both = await runInProcess(['diff', 'a', 'b', '--with', 'diffoscope'], { cwd: folder });
    expect({ code: both.code, stderr: both.stderr }).toEqual({ code: own.code, stderr: '' });
    expect(both.stdout.startsWith(`${own.stdout}\ndiffoscope says:\n`)).toBe(true);
    expect(both.stdout).toContain('-hello');
  });

  it('goes into a file of its own beside JSON, which stays as it is', async () => {
    const own = await runInProcess(['diff', 'a', 'b', '--format', 'json'], { cwd: folder });
    const file = join(folder, 'opinion.txt');
    const args = ['diff', 'a', 'b', '--format', 'json', '--with', 'diffoscope', '--with-output', file];
    expect(await runInProcess(args, { cwd: folder })).toEqual(own);
    expect(await readFile(file, 'utf8')).toContain('-hello');
  });

  it('has to be given a place where stdout is for machines', async () => {
    const { code, stdout, stderr } = await runInProcess(
      ['diff', 'a', 'b', '--format', 'json', '--with', 'diffoscope'],
      { cwd: folder },
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--with-output');
  });

  it('is named with the command that installs it where it is missing', async () => {
    await expect(
      runDiffoscope(join(folder, 'a'), join(folder, 'b'), { path: join(folder, 'nothing') }),
    ).rejects.toMatchObject({
      code: 'missing-component',
      hint: expect.stringMatching(
        /apt-get install --yes --no-install-recommends diffoscope-minimal$/,
      ) as unknown,
    });
  });

  it('is no verdict where it cannot be started', async () => {
    // What stands in its place is outside of all that the confined process sees.
    for (const name of ['bwrap', 'prlimit']) await symlink(`/usr/bin/${name}`, join(folder, name));
    await writeFile(join(folder, 'diffoscope'), '#!/bin/sh\n', { mode: 0o755 });
    await expect(runDiffoscope(join(folder, 'a'), join(folder, 'b'), { path: folder })).rejects.toMatchObject(
      { code: 'internal' },
    );
  });
});
