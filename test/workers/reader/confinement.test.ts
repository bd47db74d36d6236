import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  confine,
  defaultReaderLimits,
  findTools,
  type CodeCache,
  type Tools,
} from '#workers/reader/confinement.ts';

/** What a parser that was taken over could try. Answers, for each attempt, `done` or the error. */
const attack = (port: number) => `
const fs = require('node:fs');
const tried = {};
const attempt = async (name, act) => {
  try { await act(); tried[name] = 'done'; } catch (error) { tried[name] = error.code ?? error.message; }
};
(async () => {
  await attempt('read a file', () => fs.readFileSync('/etc/passwd'));
  await attempt('list a folder', () => fs.readdirSync('/'));
  await attempt('read the environment of processes', () => fs.readFileSync('/proc/self/environ'));
  await attempt('write a file', () => { fs.writeFileSync('/tmp/assay-attack', ''); fs.unlinkSync('/tmp/assay-attack'); });
  await attempt('write to the compiled code', () => fs.writeFileSync('/cache/attack', 'x'));
  await attempt('change the compiled code', () => fs.appendFileSync('/cache/entry', 'x'));
  await attempt('remove the compiled code', () => fs.unlinkSync('/cache/entry'));
  await attempt('start a process', () => require('node:child_process').execFileSync(process.execPath, ['--version']));
  await attempt('start a thread', () => new (require('node:worker_threads').Worker)('1', { eval: true }));
  await attempt('reach the loopback', () => new Promise((resolve, reject) => {
    const socket = require('node:net').connect(${port}, '127.0.0.1');
    socket.on('connect', () => resolve(socket.destroy())).on('error', reject);
  }));
  process.stdout.write(JSON.stringify(tried));
})();
`;

const server = createServer();
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as { port: number });
});
afterAll(() => server.close());

const run = (command: string, args: readonly string[]) =>
  spawnSync(command, args, { env: {}, cwd: '/', encoding: 'utf8', timeout: 60_000 });

/** Runs the attack in the reader's place, with everything that holds the reader. */
function attackWith(tools: Tools, cache?: CodeCache): Record<string, string> {
  const { command, args } = confine(tools, defaultReaderLimits, '{}', cache);
  const { stdout, stderr } = run(command, [...args.slice(0, -2), '--eval', attack(port)]);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, string>;
}

const done = (tried: Record<string, string>) => Object.keys(tried).filter((name) => tried[name] === 'done');

describe('the confinement of a reader', () => {
  const tools = findTools('/usr/bin:/bin');

  it('leaves code that took it over no file, process, thread or network', { timeout: 60_000 }, () => {
    const free = run(process.execPath, ['--eval', attack(port)]);
    expect(done(JSON.parse(free.stdout) as Record<string, string>)).toHaveLength(7);
    expect(done(attackWith(tools))).toEqual([]);
  });

  it('leaves it nothing of the compiled code but to read it', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'assay-cache-'));
    try {
      await writeFile(join(folder, 'entry'), 'compiled');
      expect(done(attackWith(tools, { folder, writable: false }))).toEqual([]);
      expect(await readdir(folder)).toEqual(['entry']);
      expect(await readFile(join(folder, 'entry'), 'utf8')).toBe('compiled');
      // The attack itself works: the run that fills the cache, which reads no file, can write to it.
      expect(done(attackWith(tools, { folder, writable: true }))).toEqual([
        'write to the compiled code',
        'change the compiled code',
        'remove the compiled code',
      ]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('without bubblewrap leaves it the network, and says so', { timeout: 60_000 }, () => {
    const bare = { ...tools, bwrap: undefined };
    expect(done(attackWith(bare))).toEqual(['reach the loopback']);
    expect(confine(bare, defaultReaderLimits, '{}').confinement).toContain('the network can be reached');
  });

  it('shows the child nothing but its code, node and libraries', () => {
    const { args } = confine(tools, defaultReaderLimits, '{}');
    const bound = args.flatMap((word, index) => (word === '--ro-bind' ? [args[index + 2] ?? ''] : []));
    expect(bound.filter((path) => !/^\/(?:usr\/)?lib|^\/node$|^\/code\//.test(path))).toEqual([]);
    expect(bound.filter((path) => path.startsWith('/code/')).sort()).toEqual([
      '/code/core',
      '/code/package.json',
      '/code/schemas',
      '/code/workers/reader',
    ]);
    expect(args).not.toContain('--bind');
  });
});
