import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { embeddedProcesses, embeddedProcessNames } from '#services/embedded/processes.ts';
import { allProcesses, descendants, type RunningProcess } from '#test/harness/e2e/process-tree.ts';
import { checkout, runCli } from '#test/harness/e2e/run-cli.ts';

interface Up {
  readonly pid: number;
  readonly url: string;
  readonly processes: Record<string, number>;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  kill(signal: NodeJS.Signals): void;
}

// A folder that only its owner can enter: the service's own users must get through all the same.
let dataHome: string;
beforeAll(async () => {
  dataHome = await mkdtemp(join(tmpdir(), 'assay-launcher-'));
});
afterAll(() => rm(dataHome, { recursive: true, force: true }));

let running: Up | undefined;
afterEach(async () => {
  if (running === undefined) return;
  const tree = await descendants(running.pid);
  running.kill('SIGKILL');
  await running.ended;
  running = undefined;
  // PostgreSQL outlives the launcher by a moment, and writes into the folder that is removed in the end.
  expect(await untilGone(tree, 20_000)).toEqual([]);
});

async function up(): Promise<Up> {
  const child = spawn('./assay', ['up'], {
    cwd: checkout,
    env: { ...process.env, CI: 'true', XDG_DATA_HOME: dataHome },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => text as string),
    ended.then(() => {
      throw new Error(`assay up ended:\n${errors}`);
    }),
  ]);
  const { listening, processes } = JSON.parse(line) as {
    listening: string;
    processes: Record<string, number>;
  };
  running = { pid: child.pid ?? 0, url: listening, processes, ended, kill: (signal) => child.kill(signal) };
  return running;
}

const isReady = async (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    (response) => response.ok,
    () => false,
  );

/** Those of `tree` that still run when it is over at last, or at the deadline. */
async function untilGone(tree: readonly RunningProcess[], deadlineMs: number): Promise<RunningProcess[]> {
  for (const end = Date.now() + deadlineMs; ; await delay(50)) {
    const now = await allProcesses();
    const left = tree.filter(({ pid, command }) =>
      now.some((each) => each.pid === pid && each.command === command),
    );
    if (left.length === 0 || Date.now() > end) return left;
  }
}

/** The process of the service that runs `main`, once there is one other than `before`. */
async function untilStartedAgain(service: Up, main: string, before: number): Promise<RunningProcess> {
  for (;;) {
    const tree = await descendants(service.pid);
    const found = tree.find(({ pid, command }) => pid !== before && command.trim().endsWith(main));
    if (found !== undefined) return found;
    await delay(50);
  }
}

describe('the launcher', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends the service and all of its processes',
    async (signal) => {
      const service = await up();
      const tree = await descendants(service.pid);
      expect(tree.length).toBeGreaterThan(embeddedProcessNames.length);
      service.kill(signal);
      expect(await service.ended).toEqual({ code: 0, signal: null });
      expect(await untilGone(tree, 1000)).toEqual([]);
      const mounts = await readFile('/proc/self/mountinfo', 'utf8');
      expect(mounts).not.toContain(dataHome);
    },
  );

  it('SIGKILL of the launcher leaves no process behind, and the next start is not hindered', async () => {
    const service = await up();
    const tree = await descendants(service.pid);
    service.kill('SIGKILL');
    await service.ended;
    expect(await untilGone(tree, 20_000)).toEqual([]);
    const next = await up();
    expect(await isReady(next.url)).toBe(true);
  });

  it('a process killed by -9 is started again at the same address, PostgreSQL too', async () => {
    const service = await up();
    for (const name of embeddedProcessNames) {
      const pid = service.processes[name] ?? 0;
      process.kill(pid, 'SIGKILL');
      expect((await untilStartedAgain(service, embeddedProcesses[name].main, pid)).pid).not.toBe(pid);
    }
    process.kill(service.processes['postgres'] ?? 0, 'SIGKILL');
    while (!(await isReady(service.url))) await delay(100);
    const token = await runCli(['token', 'create', 'after'], { XDG_DATA_HOME: dataHome });
    expect(token).toMatchObject({ exit: 0 });
  });

  it('each process runs as a user of its own, and only the attester can read the signing key', async () => {
    const service = await up();
    const users = await Promise.all(
      embeddedProcessNames.map(async (name) => (await stat(`/proc/${service.processes[name]}`)).uid),
    );
    expect(new Set([0, ...users]).size).toBe(embeddedProcessNames.length + 1);
    const key = `/proc/${service.processes['attest']}/root/run/assay/data/keys/signing.pem`;
    expect(await readFile(key, 'utf8')).toContain('PRIVATE KEY');
    for (const name of ['api', 'gateway', 'resolve', 'rebuild', 'compare'] as const) {
      const as = [
        '--reuid',
        embeddedProcesses[name].user,
        '--regid',
        embeddedProcesses[name].user,
        '--clear-groups',
      ];
      const read = ['nsenter', '--mount', '--target', String(service.processes['attest']), 'setpriv', ...as];
      expect(() =>
        execFileSync('/usr/bin/env', [...read, 'cat', '/run/assay/data/keys/signing.pem'], { stdio: 'pipe' }),
      ).toThrow('Permission denied');
    }
  });

  it('no secret of the service stands in a command line', async () => {
    const service = await up();
    const commands = (await descendants(service.pid)).map(({ command }) => command).join('\n');
    expect(commands).not.toMatch(/assay_(admin|worker|gateway)_|postgres:\/\/[^\s]*:[^\s]*@/);
  });

  it('a second `up` on the same data says where the first runs', async () => {
    const service = await up();
    const second = await runCli(['up'], { XDG_DATA_HOME: dataHome });
    expect(second).toMatchObject({ exit: 3, stdout: '' });
    expect(second.stderr).toContain(service.url);
  });
});
