import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBubblewrap } from '#workers/sandbox/bubblewrap.ts';
import { listCgroups } from '#workers/sandbox/cgroup/cgroup.ts';
import { findCgroupParents } from '#workers/sandbox/cgroup/parents.ts';
import { describeSandbox } from './describe-sandbox.ts';

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
    restarted: () => createBubblewrap({ folder, cgroups }),
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
