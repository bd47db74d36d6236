import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '#cli/service/system-packages.ts';
import { checkout } from '#test/harness/e2e/run-cli.ts';

// As a fresh clone in the home of root: only its owner can enter, and nothing is installed.
let folder: string;
let clone: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-first-use-'));
  clone = join(folder, 'clone');
  const left = new Set(['node_modules', '.git', '.assay', 'coverage']);
  await cp(checkout, clone, { recursive: true, filter: (path) => !left.has(basename(path)) });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function assay(
  args: readonly string[],
  env: Record<string, string> = {},
  program = join(clone, 'assay'),
) {
  const child = spawn(program, args, {
    cwd: '/',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: code as number | null, stdout, stderr };
}

describe('the first use of a fresh clone', () => {
  it('without npm says the one command to type, and exits 5', async () => {
    const bare = join(folder, 'bin');
    await mkdir(bare);
    for (const tool of ['sh', 'readlink', 'dirname', 'cat', 'cksum', 'mkdir', 'flock', 'uname']) {
      const path = await findProgram(tool);
      expect(path, tool).toBeDefined();
      await symlink(path ?? '', join(bare, tool));
    }
    const run = await assay(['--version'], { PATH: bare });
    expect(run).toMatchObject({ code: 5, stdout: '' });
    expect(run.stderr).toContain('npm is not installed');
    expect(run.stderr).toContain('apt-get install --yes nodejs npm');
  });

  it('installs once though two start at the same time, and keeps stdout for data', async () => {
    const runs = await Promise.all([assay(['--version']), assay(['--version'])]);
    for (const run of runs)
      expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(runs.filter(({ stderr }) => stderr.includes('installing the packages'))).toHaveLength(1);
  });

  it('is at once the command line the next time, also through a link', async () => {
    const link = join(folder, 'link-to-assay');
    await symlink('clone/assay', link);
    expect(await assay(['--version'], {}, link)).toMatchObject({ code: 0, stderr: '' });
  });

  it('brings the service up from folders that other users cannot enter', async () => {
    const child = spawn(join(clone, 'assay'), ['up', '--quiet'], {
      cwd: '/',
      env: { ...process.env, CI: 'true', XDG_DATA_HOME: join(folder, 'data') },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    const { listening } = JSON.parse(line) as { listening: string };
    expect((await fetch(`${listening}/readyz`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
