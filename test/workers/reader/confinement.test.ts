import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confine, defaultReaderLimits, findTools, type Tools } from '#workers/reader/confinement.ts';
import { sources, type ReaderProgram } from '#workers/reader/program.ts';

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
  await attempt('write beside its code', () => fs.writeFileSync('/code/attack', 'x'));
  await attempt('change its code', () => fs.appendFileSync('/code/reader.mjs', 'x'));
  await attempt('remove its code', () => fs.unlinkSync('/code/reader.mjs'));
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
function attackWith(tools: Tools, program: ReaderProgram): Record<string, string> {
  const { command, args } = confine(tools, defaultReaderLimits, program, '{}');
  const { stdout, stderr } = run(command, [...args.slice(0, -2), '--eval', attack(port)]);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, string>;
}

const done = (tried: Record<string, string>) => Object.keys(tried).filter((name) => tried[name] === 'done');

describe('the confinement of a reader', () => {
  const tools = findTools('/usr/bin:/bin');
  let bundle: ReaderProgram;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'assay-reader-code-'));
    await writeFile(join(folder, 'reader.mjs'), '// the code');
    bundle = { folder, parts: ['reader.mjs'], main: 'reader.mjs' };
  });
  afterAll(() => rm(bundle.folder, { recursive: true, force: true }));

  it.each([
    ['modules', () => sources],
    ['one file', () => bundle],
  ])('leaves code that took over a reader of %s no file, process, thread or network', (_, program) => {
    const free = run(process.execPath, ['--eval', attack(port)]);
    expect(done(JSON.parse(free.stdout) as Record<string, string>)).toHaveLength(7);
    expect(done(attackWith(tools, program()))).toEqual([]);
  });

  it('leaves its code as it was', async () => {
    attackWith(tools, bundle);
    expect(await readdir(bundle.folder)).toEqual(['reader.mjs']);
    expect(await readFile(join(bundle.folder, 'reader.mjs'), 'utf8')).toBe('// the code');
  });

  it('without bubblewrap leaves it the network, and says so', () => {
    const bare = { ...tools, bwrap: undefined };
    expect(done(attackWith(bare, bundle))).toEqual(['reach the loopback']);
    const { confinement } = confine(bare, defaultReaderLimits, bundle, '{}');
    expect(confinement).toContain('the network can be reached');
  });

  it.each([
    ['modules', () => sources, ['/code/core', '/code/package.json', '/code/schemas', '/code/workers/reader']],
    ['one file', () => bundle, ['/code/reader.mjs']],
  ])('of %s shows the child nothing but its code, node and libraries', (_, program, code) => {
    const { args } = confine(tools, defaultReaderLimits, program(), '{}');
    const bound = args.flatMap((word, index) => (word === '--ro-bind' ? [args[index + 2] ?? ''] : []));
    expect(bound.filter((path) => !/^\/(?:usr\/)?lib|^\/node$|^\/code\//.test(path))).toEqual([]);
    expect(bound.filter((path) => path.startsWith('/code/')).sort()).toEqual(code);
    expect(args).not.toContain('--bind');
  });
});
