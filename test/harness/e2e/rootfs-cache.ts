import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { embeddedProcesses } from '#services/embedded/processes.ts';
import { ensureSystemUser } from '#services/postgres/system-user.ts';

/**
 * A folder of root file systems that all services of these tests share and that stays on this machine: making one takes
 * longer than most rebuilds. Making them from nothing is what the other suites test.
 */
export async function sharedRootfsFolder(): Promise<string> {
  const { uid } = userInfo();
  const folder = join(tmpdir(), `assay-e2e-rootfs-${uid}`);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const found = await lstat(folder);
  // As root it belongs to the user of the process that writes it.
  const owners = uid === 0 ? [0, (await ensureSystemUser(embeddedProcesses.rebuild.user)).uid] : [uid];
  if (!found.isDirectory() || !owners.includes(found.uid))
    throw new Error(`${folder} belongs to somebody else`);
  return folder;
}
