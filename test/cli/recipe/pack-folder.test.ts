import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, rm, symlink, utimes, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packFolder } from '#cli/recipe/pack-folder.ts';

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'assay-pack-'));
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

async function pack(folder: string, exclude: string[] = []): Promise<Buffer> {
  const tar = join(scratch, 'out.tar');
  const output = await open(tar, 'w');
  await packFolder(folder, exclude, output);
  await output.close();
  return readFile(tar);
}

/** What another implementation reads in it. */
function listed(tar: Buffer): string[] {
  return execFileSync(
    'tar',
    ['--list', '--verbose', '--numeric-owner', '--quoting-style=literal', '--full-time'],
    {
      input: tar,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    },
  )
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

async function makeTree(folder: string, order: readonly string[]): Promise<void> {
  for (const name of order) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), `content of ${name}`);
    await utimes(join(folder, name), 1_700_000_000, 1_700_000_000.5);
  }
  for (const name of ['a', 'b'])
    await utimes(join(folder, name), 1_700_000_000, 1_700_000_000).catch(() => undefined);
}

describe('packing a source folder', () => {
  it('gives the same bytes for the same folder, in whatever order it was made', async () => {
    const names = ['a/two.txt', 'a/one.txt', 'b/three.txt', 'z'];
    await makeTree(join(scratch, 'x'), names);
    await makeTree(join(scratch, 'y'), names.toReversed());
    expect((await pack(join(scratch, 'x'))).equals(await pack(join(scratch, 'y')))).toBe(true);
  });

  it('keeps times and the executable bit, and sets owner 0:0 and plain permissions', async () => {
    const folder = join(scratch, 'x');
    await makeTree(folder, ['run.sh', 'text']);
    await chmod(join(folder, 'run.sh'), 0o4711);
    await chmod(join(folder, 'text'), 0o666);
    expect(listed(await pack(folder))).toEqual([
      '-rwxr-xr-x 0/0              17 2023-11-14 22:13:20 run.sh',
      '-rw-r--r-- 0/0              15 2023-11-14 22:13:20 text',
    ]);
  });

  it('keeps links as links and never follows them out of the folder', async () => {
    const folder = join(scratch, 'x');
    await mkdir(folder);
    await mkdir(join(scratch, 'secret'));
    await writeFile(join(scratch, 'secret', 'key'), 'SECRET');
    await symlink('../secret', join(folder, 'out'));
    await symlink('/etc/passwd', join(folder, 'file'));
    const tar = await pack(folder);
    expect(tar.includes('SECRET')).toBe(false);
    const lines = listed(tar).map((line) => line.replace(/^(.).* (\S+ -> \S+)$/, '$1 $2'));
    expect(lines).toEqual(['l file -> /etc/passwd', 'l out -> ../secret']);
  });

  it('leaves out what a glob names, with all that is below it', async () => {
    const folder = join(scratch, 'x');
    await makeTree(folder, ['dist/thing.tar.gz', 'src/a.py', 'src/a.pyc', 'src/deep/b.pyc', 'keep']);
    const names = listed(await pack(folder, ['dist/', '**/*.pyc'])).map((line) => line.split(' ').at(-1));
    expect(names).toEqual(['keep', 'src/', 'src/a.py', 'src/deep/']);
  });

  it('carries any name, long ones and other scripts included', async () => {
    const name = fc
      .string({
        unit: fc.constantFrom('a', '€', '\u{1f600}', ' ', '.', '-', 'é', '字'),
        minLength: 1,
        maxLength: 55,
      })
      .filter((text) => text !== '.' && text !== '..');
    let run = 0;
    await fc.assert(
      fc.asyncProperty(name, name, async (folderName, fileName) => {
        const folder = join(scratch, `n${(run += 1)}`);
        await mkdir(join(folder, folderName), { recursive: true });
        await writeFile(join(folder, folderName, fileName), 'x'.repeat(run));
        const unpacked = join(scratch, `u${run}`);
        await mkdir(unpacked);
        execFileSync('tar', ['--extract', '--directory', unpacked], { input: await pack(folder) });
        expect(await readFile(join(unpacked, folderName, fileName), 'utf8')).toBe('x'.repeat(run));
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a pipe, naming it', async () => {
    const folder = join(scratch, 'x');
    await mkdir(folder);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await expect(pack(folder)).rejects.toMatchObject({
      code: 'invalid-recipe',
      hint: expect.stringContaining('pipe'),
    });
  });
});
