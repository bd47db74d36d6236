import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBubblewrap } from '#workers/sandbox/bubblewrap.ts';
import { listCgroups } from '#workers/sandbox/cgroup/cgroup.ts';
import { delegateCgroups } from '#workers/sandbox/cgroup/delegate.ts';
import {
  findCgroupParents,
  parseCgroupParents,
  type CgroupParents,
} from '#workers/sandbox/cgroup/parents.ts';
import type { Rootfs } from '#workers/sandbox/sandbox.ts';
import type { WorkerArgument } from './bubblewrap-worker.ts';
import { makeAttempts } from './attempt.ts';
import { describeSandbox } from './describe-sandbox.ts';
import { testRootfs } from './test-rootfs.ts';

/** Processes of bwrap whose arguments name `folder`, as `pid command`. */
async function bwrapProcesses(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const command = await readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '');
    if (command.includes('bwrap') && command.includes(folder)) found.push(`process ${pid}`);
  }
  return found;
}

describeSandbox('bubblewrap', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bubblewrap-'));
  await chmod(folder, 0o711);
  const cgroups = await findCgroupParents();
  return {
    sandbox: createBubblewrap({ folder, cgroups }),
    leftovers: async () => [
      ...(await bwrapProcesses(folder)),
      ...(await readdir(folder)).map((entry) => `folder ${entry}`),
      ...(await listCgroups(cgroups, 'assay-')).filter((path) => /\/assay-[0-9a-f]{12}-test/.test(path)),
      ...(await readFile('/proc/self/mountinfo', 'utf8')).split('\n').filter((line) => line.includes(folder)),
    ],
    forbiddenPaths: ['/run/docker.sock', '/var/run/docker.sock', folder],
    forbiddenAddresses: [],
    close: () => rm(folder, { recursive: true, force: true }),
  };
});

describe('the randomness of a bubblewrap sandbox', () => {
  const script =
    'for file in /dev/random /dev/urandom; do head -c 8 "$file" | od -An -tx1; done; cat /proc/sys/kernel/random/uuid';

  test('is the same in each attempt where an experiment asks for that, and else is not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'assay-bubblewrap-random-'));
    await chmod(folder, 0o711);
    const sandbox = createBubblewrap({ folder, cgroups: await findCgroupParents() });
    const attempts = await makeAttempts(sandbox, await testRootfs());
    try {
      const run = async (fixedRandomness: boolean) =>
        (await attempts.attempt(script, { machine: { fixedRandomness } })).stdout;
      const fixed = await run(true);
      expect(fixed).toMatch(/^( 00){8}\n( 00){8}\n[0-9a-f-]{36}$/);
      expect(await run(true)).toBe(fixed);
      expect(await run(false)).not.toBe(await run(false));
    } finally {
      await attempts.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('a bubblewrap worker as a process of its own', () => {
  /** An id that belongs to nobody, as the launcher's system users are nobody else's. */
  const uid = 2_000_000_001;
  const forkBomb = `exec perl -e 'while (1) { fork }'`;
  const eatMemory = `perl -e 'my @a; push @a, "x" x 1e6 while 1'; true`;
  let folder: string;
  let rootfs: Rootfs;

  beforeAll(async () => {
    rootfs = await testRootfs();
    folder = await mkdtemp(join(tmpdir(), 'assay-bubblewrap-worker-'));
    await chmod(folder, 0o755);
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function start(script: string, cgroups: CgroupParents, user?: number) {
    const own = await mkdtemp(join(folder, 'worker-'));
    await chmod(own, 0o711);
    if (user !== undefined) await chown(own, user, user);
    const argument: WorkerArgument = { folder: own, cgroups, rootfs, script };
    const program = fileURLToPath(new URL('bubblewrap-worker.ts', import.meta.url));
    const child = spawn(process.execPath, [program, JSON.stringify(argument)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...(user === undefined ? {} : { uid: user, gid: user }),
    });
    return { child, sandboxFolder: join(own, 'sandbox') };
  }

  /** The last line that a worker prints: how its attempt ended. */
  async function endOf(script: string, cgroups: CgroupParents, user: number) {
    const { child } = await start(script, cgroups, user);
    const lines = (await text(child.stdout)).trimEnd().split('\n');
    return JSON.parse(lines.at(-1) ?? '') as {
      end: object;
      facts: { name: string; value: boolean }[];
      unlimited: string[];
    };
  }

  test('that is killed with -9 in the middle of a build leaves nothing that its next start does not remove', async () => {
    const cgroups = await findCgroupParents();
    const { child, sandboxFolder } = await start('echo begun; sleep 600', cgroups);
    await once(child.stdout, 'data');
    expect(await bwrapProcesses(sandboxFolder)).not.toEqual([]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await createBubblewrap({ folder: sandboxFolder, cgroups }).sweep();
    expect(await bwrapProcesses(sandboxFolder)).toEqual([]);
    expect(await readdir(sandboxFolder)).toEqual([]);
    expect((await listCgroups(cgroups, 'assay-')).filter((path) => path.endsWith('-test-worker'))).toEqual(
      [],
    );
  });

  test('under a user of its own has all limits by the cgroups that were delegated to it', async () => {
    const delegated = await delegateCgroups('assay-test-delegated', uid, uid);
    try {
      const cgroups = parseCgroupParents(delegated.setting);
      expect(await endOf('id -u', cgroups, uid)).toMatchObject({ end: { kind: 'done' }, unlimited: [] });
      expect(await endOf(forkBomb, cgroups, uid)).toMatchObject({ end: { reason: 'process-limit' } });
      expect(await endOf(eatMemory, cgroups, uid)).toMatchObject({ end: { reason: 'memory-limit' } });
    } finally {
      await delegated.remove();
    }
    expect(await listCgroups(await findCgroupParents(), 'assay-test-delegated')).toEqual([]);
  });

  test('without any cgroup is isolated all the same, bounds each process, and names what it cannot limit', async () => {
    const outcome = await endOf(
      `perl -e 'my $n = 0; while (defined(my $p = fork)) { $p or sleep 60; last if ++$n > 500 } print $n < 500 ? "bounded" : "unbounded"'; ` +
        eatMemory,
      {},
      uid,
    );
    expect(outcome.end).toEqual({ kind: 'done' });
    expect(outcome.facts).toContainEqual(expect.objectContaining({ name: 'isolated', value: true }));
    expect(outcome.unlimited).toHaveLength(3);
  });
});
