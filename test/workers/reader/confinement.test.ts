import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confine, defaultReaderLimits, findTools, type Tools } from '#workers/reader/confinement.ts';

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
function attackWith(tools: Tools): Record<string, string> {
  const { command, args } = confine(tools, defaultReaderLimits, '{}');
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
